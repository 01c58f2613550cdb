#ifndef FITECH_CNGHTTP2_H
#define FITECH_CNGHTTP2_H
// The door to libnghttp2: its header. Only built with the trait HTTP2.
#include <nghttp2/nghttp2.h>
#endif
