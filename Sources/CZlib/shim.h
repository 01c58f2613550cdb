#ifndef FITECH_CZLIB_H
#define FITECH_CZLIB_H
// The door to zlib: its header, and the two macros Swift cannot see.
#include <zlib.h>

/// Begins a gzip stream (RFC 1952) of one member, without a name or a time in its head.
static inline int zlib_begin_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int zlib_begin_gunzip(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
#endif
