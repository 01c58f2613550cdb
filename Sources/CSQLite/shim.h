#ifndef FITECH_CSQLITE_H
#define FITECH_CSQLITE_H
// The door to SQLite: its header, and static inline faces for its variadic calls.
#include <sqlite3.h>
#endif
