// The community: posts by staff, and comments of everybody's people, in the directory, because they are read across customers.

enum CommunityTables {
    static let ofDirectory: StaticString = """
        CREATE TABLE post (
            number INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            body TEXT NOT NULL,               -- Markdown
            author TEXT NOT NULL,
            audience TEXT REFERENCES customer (name), -- NULL for everybody
            open INTEGER NOT NULL,
            published INTEGER,                -- NULL for a draft; may lie ahead
            updated INTEGER NOT NULL,
            version INTEGER NOT NULL
        );
        CREATE INDEX post_published ON post (published, number) WHERE published IS NOT NULL;
        CREATE TABLE post_tag (
            tag TEXT NOT NULL,
            post INTEGER NOT NULL REFERENCES post (number) ON DELETE CASCADE,
            PRIMARY KEY (tag, post)
        ) WITHOUT ROWID;
        CREATE INDEX post_tag_post ON post_tag (post);

        -- The names people chose to be shown by. `place` is a customer, or `staff`.
        CREATE TABLE community_member (
            place TEXT NOT NULL,
            person TEXT NOT NULL,
            alias TEXT NOT NULL,
            alias_key TEXT NOT NULL UNIQUE,   -- without case and blanks: nobody looks like another
            PRIMARY KEY (place, person)
        ) WITHOUT ROWID;

        CREATE TABLE comment (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            post INTEGER NOT NULL REFERENCES post (number) ON DELETE CASCADE,
            place TEXT NOT NULL,
            person TEXT NOT NULL,
            email TEXT NOT NULL,              -- for staff alone
            name TEXT NOT NULL,               -- as shown then
            by_staff INTEGER NOT NULL,
            body TEXT NOT NULL,
            written INTEGER NOT NULL,
            edited INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'hidden', 'withdrawn')),
            checked INTEGER NOT NULL DEFAULT 0 -- staff looked at it as it is
        );
        CREATE INDEX comment_post ON comment (post, row);
        CREATE INDEX comment_person ON comment (place, person, written);
        CREATE INDEX comment_waiting ON comment (row) WHERE state = 'waiting';

        CREATE TABLE comment_flag (
            comment INTEGER NOT NULL REFERENCES comment (row) ON DELETE CASCADE,
            place TEXT NOT NULL,
            person TEXT NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (comment, place, person)
        ) WITHOUT ROWID;
        INSERT INTO counter VALUES ('post', 1);
        """
}
