/* office/documents/docx_parts.h: the parts of the package that are the same in every document.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_DOCX_PARTS_H
#define CANH_OFFICE_DOCUMENTS_DOCX_PARTS_H

#define DOCX_XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define DOCX_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define DOCX_PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define DOCX_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define DOCX_SPACES                                                                                \
        " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""                \
        " xmlns:r=\"" DOCX_OFFICE "\" xmlns:v=\"urn:schemas-microsoft-com:vml\""                   \
        " xmlns:o=\"urn:schemas-microsoft-com:office:office\""

#define DOCX_CONTENT_TYPES                                                                         \
        DOCX_XML                                                                                   \
        "<Types xmlns=\"" DOCX_PACKAGE "/content-types\">"                                         \
        "<Default Extension=\"rels\" "                                                             \
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"               \
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"                             \
        "<Override PartName=\"/word/document.xml\" "                                               \
        "ContentType=\"" DOCX_TYPE "document.main+xml\"/>"                                         \
        "<Override PartName=\"/word/styles.xml\" ContentType=\"" DOCX_TYPE "styles+xml\"/>"        \
        "<Override PartName=\"/word/header1.xml\" ContentType=\"" DOCX_TYPE "header+xml\"/>"       \
        "<Override PartName=\"/word/header2.xml\" ContentType=\"" DOCX_TYPE "header+xml\"/>"       \
        "<Override PartName=\"/docProps/core.xml\""                                                \
        " ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></"          \
        "Types>"

#define DOCX_RELATIONS                                                                             \
        DOCX_XML "<Relationships xmlns=\"" DOCX_PACKAGE "/relationships\">"                        \
                 "<Relationship Id=\"rId1\" Type=\"" DOCX_OFFICE "/officeDocument\" "              \
                 "Target=\"word/document.xml\"/>"                                                  \
                 "<Relationship Id=\"rId2\" "                                                      \
                 "Type=\"" DOCX_PACKAGE "/relationships/metadata/core-properties\""                \
                 " Target=\"docProps/core.xml\"/></Relationships>"

#define DOCX_DOCUMENT_RELATIONS                                                                    \
        DOCX_XML                                                                                   \
        "<Relationships xmlns=\"" DOCX_PACKAGE "/relationships\">"                                 \
        "<Relationship Id=\"rId1\" Type=\"" DOCX_OFFICE "/styles\" Target=\"styles.xml\"/>"        \
        "<Relationship Id=\"rId2\" Type=\"" DOCX_OFFICE "/header\" Target=\"header1.xml\"/>"       \
        "<Relationship Id=\"rId3\" Type=\"" DOCX_OFFICE "/header\" "                               \
        "Target=\"header2.xml\"/></Relationships>"

#define DOCX_FONT                                                                                  \
        "<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" "                       \
        "w:cs=\"Times New Roman\""                                                                 \
        " w:eastAsia=\"Times New Roman\"/>"
#define DOCX_STYLES                                                                                \
        DOCX_XML "<w:styles" DOCX_SPACES "><w:docDefaults><w:rPrDefault><w:rPr>" DOCX_FONT         \
                 "<w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/><w:lang "                              \
                 "w:val=\"vi-VN\"/></w:rPr></w:rPrDefault>"                                        \
                 "<w:pPrDefault/></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" "   \
                 "w:styleId=\"Normal\">"                                                           \
                 "<w:name w:val=\"Normal\"/></w:style></w:styles>"

#define DOCX_DOCUMENT_BEGIN DOCX_XML "<w:document" DOCX_SPACES "><w:body>"
/* A4, margins 22/20/30/18 mm; the header (page number) 10 mm from the edge, another on page 1 */
#define DOCX_DOCUMENT_END                                                                          \
        "<w:sectPr><w:headerReference w:type=\"first\" r:id=\"rId2\"/>"                            \
        "<w:headerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"11906\" "              \
        "w:h=\"16838\"/>"                                                                          \
        "<w:pgMar w:top=\"1247\" w:right=\"1020\" w:bottom=\"1134\" w:left=\"1701\" "              \
        "w:header=\"567\""                                                                         \
        " w:footer=\"567\" w:gutter=\"0\"/><w:titlePg/></w:sectPr></w:body></w:document>"

#define DOCX_HEADER_BEGIN DOCX_XML "<w:hdr" DOCX_SPACES ">"
#define DOCX_PAGE_NUMBER                                                                           \
        "<w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:fldChar w:fldCharType=\"begin\"/></w:r>"       \
        "<w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:instrText xml:space=\"preserve\"> "            \
        "PAGE </w:instrText></w:r>"                                                                \
        "<w:r><w:rPr><w:sz w:val=\"26\"/></w:rPr><w:fldChar w:fldCharType=\"end\"/></w:r>"
#define DOCX_DRAFT_MARK                                                                            \
        "<w:r><w:pict><v:shapetype id=\"_x0000_t136\" coordsize=\"21600,21600\" "                  \
        "o:spt=\"136\" adj=\"10800\""                                                              \
        " path=\"m@7,l@8,m@5,21600l@6,21600e\"><v:path textpathok=\"t\"/><v:textpath "             \
        "on=\"t\" fitshape=\"t\"/>"                                                                \
        "</v:shapetype><v:shape id=\"DuThao\" type=\"#_x0000_t136\" "                              \
        "style=\"position:absolute;width:400pt;"                                                   \
        "height:110pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"             \
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"                    \
        "mso-position-vertical-relative:margin\" fillcolor=\"#d9d9d9\" stroked=\"f\">"             \
        "<v:fill opacity=\".5\"/><v:textpath style=\"font-family:&quot;Times New "                 \
        "Roman&quot;;font-weight:bold\""                                                           \
        " string=\"DỰ THẢO\"/></v:shape></w:pict></w:r>"

#define DOCX_PROPERTIES_BEGIN                                                                      \
        DOCX_XML "<cp:coreProperties xmlns:cp=\"" DOCX_PACKAGE "/metadata/core-properties\""       \
                 " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "                                 \
                 "xmlns:dcterms=\"http://purl.org/dc/terms/\""                                     \
                 " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"

#endif
