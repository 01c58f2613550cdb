// The full-text indexes of changes, subjects, posts and announcements, a row of the index for a row of the table.
import Storage

enum ChangeWords {
    static func add(_ number: Int, in database: Database) throws {
        try database.execute("INSERT INTO change_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM change_text WHERE row = ?", number)
    }

    /// Before the row is changed or removed. Does nothing for one that was not brought in yet.
    static func remove(_ number: Int, in database: Database) throws {
        try database.execute("""
            INSERT INTO change_words (change_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM change_text
            WHERE row = ?1 AND EXISTS (SELECT 1 FROM change_words_docsize WHERE id = ?1)
            """, number)
    }
}

enum SubjectWords {
    static func add(_ row: Int64, in database: Database) throws {
        try database.execute("INSERT INTO subject_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM subject_text WHERE row = ?", row)
    }

    /// Before the row is changed or removed. Does nothing for one that was not brought in yet.
    static func remove(_ row: Int64, in database: Database) throws {
        try database.execute("""
            INSERT INTO subject_words (subject_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM subject_text
            WHERE row = ?1 AND EXISTS (SELECT 1 FROM subject_words_docsize WHERE id = ?1)
            """, row)
    }

    /// Before the row is erased. A removed word stays in its segment as crossed out; to be gone, the segments are made anew.
    static func erase(_ row: Int64, in database: Database) throws {
        try remove(row, in: database)
        try database.execute("INSERT INTO subject_words (subject_words) VALUES ('optimize')")
    }
}

enum PostWords {
    /// With its tags, when they are written.
    static func add(_ number: Int, in directory: Database) throws {
        try directory.execute("INSERT INTO post_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM post_text WHERE row = ?", number)
    }

    /// Before the post or its tags are changed.
    static func remove(_ number: Int, in directory: Database) throws {
        try directory.execute("INSERT INTO post_words (post_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM post_text WHERE row = ?", number)
    }
}

enum AnnouncementWords {
    static func add(_ id: String, in directory: Database) throws {
        try directory.execute("""
            INSERT INTO announcement_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM announcement_text
            WHERE row = (SELECT row FROM announcement WHERE id = ?)
            """, id)
    }

    /// Before the row is changed.
    static func remove(_ id: String, in directory: Database) throws {
        try directory.execute("""
            INSERT INTO announcement_words (announcement_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM announcement_text
            WHERE row = (SELECT row FROM announcement WHERE id = ?)
            """, id)
    }
}
