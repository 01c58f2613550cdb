#ifndef FITECH_CSQLITE_H
#define FITECH_CSQLITE_H
// The door to SQLite: its header, and static inline faces for its variadic calls and cast macros.
#include <sqlite3.h>

// No page-cache bulk allocation per handle: 140 KB -> 67 KB for each open database. Before sqlite3_initialize only.
static inline int fitech_sqlite_no_page_cache(void) { return sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0); }

// No statistics of memory, which nobody here reads: they cost a lock of the whole process at every allocation. Before sqlite3_initialize only.
static inline int fitech_sqlite_no_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static inline int fitech_sqlite_db_config(sqlite3 *db, int option, int on) {
  int now = -1;
  int rc = sqlite3_db_config(db, option, on, &now);
  return rc != SQLITE_OK ? rc : (now == on ? SQLITE_OK : SQLITE_ERROR);
}

// SQLite copies the bytes before it returns (SQLITE_TRANSIENT, a macro Swift cannot see).
static inline int fitech_sqlite_bind_text(sqlite3_stmt *s, int at, const char *text, int count) {
  return sqlite3_bind_text(s, at, text ? text : "", count, SQLITE_TRANSIENT);
}
static inline int fitech_sqlite_bind_blob(sqlite3_stmt *s, int at, const void *bytes, int count) {
  return count == 0 ? sqlite3_bind_zeroblob(s, at, 0) : sqlite3_bind_blob(s, at, bytes, count, SQLITE_TRANSIENT);
}
#endif
