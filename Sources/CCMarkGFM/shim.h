#ifndef FITECH_CCMARKGFM_H
#define FITECH_CCMARKGFM_H
// The door to cmark-gfm: its headers. Only built with the trait MARKDOWN.
#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#endif
