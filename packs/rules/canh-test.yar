/* The one rule that ships with Canh: the public EICAR anti-malware test file, to see that a sweep works.
 * Rules for real malware come from their publishers (see README.md). SPDX-License-Identifier: Apache-2.0 */
rule EICAR_Test
{
    meta:
        description = "EICAR anti-malware test file: harmless"
        reference = "https://www.eicar.org/download-anti-malware-testfile/"
    strings:
        $eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    condition:
        $eicar at 0 and filesize < 256
}
