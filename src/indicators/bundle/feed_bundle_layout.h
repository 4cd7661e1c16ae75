/* indicators/bundle/feed_bundle_layout.h: drawn in docs/formats/feed-bundle.md. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_BUNDLE_FEED_BUNDLE_LAYOUT_H
#define CANH_INDICATORS_BUNDLE_FEED_BUNDLE_LAYOUT_H

#define FEED_BUNDLE_MAGIC "CANHFDB\n"
#define FEED_BUNDLE_FORMAT "canh-feeds/1"
enum { FEED_BUNDLE_MAGIC_BYTES = 8, FEED_BUNDLE_VERSION = 1, FEED_BUNDLE_HEAD_BYTES = 24 };

#endif
