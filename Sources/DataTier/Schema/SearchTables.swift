// Full-text indexes, each beside what it indexes: they hold words and places only, the texts are read from where they are.

/// Every index has the columns title, body, about (a name, a group) and scope (whose it is), so that one way of asking fits all. Rows of
/// the indexes are written by code (`DataTier/Search`), not by triggers: in files that came from elsewhere SQLite must not trust a schema
/// to write into virtual tables.
enum SearchTables {
    static let ofCustomer: StaticString = """
        -- A conversation is indexed in pieces, so that a reply costs its piece and not all before it. A ticket that has one is indexed.
        CREATE TABLE ticket_piece (
            row INTEGER PRIMARY KEY,          -- number * 65536 + place
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            first INTEGER NOT NULL,           -- replies of these rows; the piece from 0 has the ticket's own text
            last INTEGER NOT NULL,            -- the last piece goes on to 9223372036854775807
            bytes INTEGER NOT NULL
        );
        CREATE INDEX ticket_piece_ticket ON ticket_piece (ticket, row);

        -- Notes among staff are not in it: no word of theirs is in an index a customer's people are answered from.
        CREATE VIEW ticket_text AS SELECT p.row AS row, t.title AS title,
            CASE WHEN p.first = 0 THEN t.body || char(10) ELSE '' END || coalesce((SELECT group_concat(body, char(10)) FROM (
                SELECT r.body FROM reply r WHERE r.ticket = p.ticket AND r.row BETWEEN p.first AND p.last AND r.internal = 0 ORDER BY r.row)), '') AS body,
            t.opened_by AS about, t.person AS scope
            FROM ticket_piece p JOIN ticket t ON t.number = p.ticket;
        CREATE VIRTUAL TABLE ticket_words USING fts5 (title, body, about, scope, content = 'ticket_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE ticket_vocabulary USING fts5vocab (ticket_words, instance);

        CREATE VIEW change_text AS SELECT number AS row, title, reason || char(10) || plan || char(10) || back_out || char(10) || evidence AS body, raised_by AS about, '' AS scope FROM change;
        CREATE VIRTUAL TABLE change_words USING fts5 (title, body, about, scope, content = 'change_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE change_vocabulary USING fts5vocab (change_words, instance);

        CREATE VIEW subject_text AS SELECT row, reference AS title, name AS body, coalesce(team, '') AS about, '' AS scope FROM subject;
        CREATE VIRTUAL TABLE subject_words USING fts5 (title, body, about, scope, content = 'subject_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE subject_vocabulary USING fts5vocab (subject_words, instance);

        -- Whether what was there before the indexes has been brought into them.
        CREATE TABLE search_state (built INTEGER NOT NULL);
        INSERT INTO search_state SELECT NOT EXISTS (SELECT 1 FROM ticket) AND NOT EXISTS (SELECT 1 FROM change) AND NOT EXISTS (SELECT 1 FROM subject);
        """

    /// The titles of tickets once more, by themselves: a conversation repeats the words of everyday by the hundred, a title does not, so
    /// that asking for several words of one costs a look at few rows.
    static let titlesOfCustomer: StaticString = """
        CREATE VIEW ticket_title AS SELECT number AS row, title FROM ticket WHERE EXISTS (SELECT 1 FROM ticket_piece WHERE ticket = number);
        CREATE VIRTUAL TABLE ticket_titles USING fts5 (title, content = 'ticket_title', content_rowid = 'row', prefix = '2 3 4', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
        INSERT INTO ticket_titles (rowid, title) SELECT row, title FROM ticket_title;
        """

    static let titlesOfDirectory: StaticString = """
        CREATE VIEW ticket_title AS SELECT row / 65536 AS row, title FROM ticket_text WHERE row % 65536 = 0;
        CREATE VIRTUAL TABLE ticket_titles USING fts5 (title, content = 'ticket_title', content_rowid = 'row', prefix = '2 3 4', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
        INSERT INTO ticket_titles (rowid, title) SELECT row, title FROM ticket_title;
        """

    // Two pieces of like size are merged when `SearchMerging` comes by, not four.
    static let mergingOfCustomer: StaticString = """
        INSERT INTO ticket_words (ticket_words, rank) VALUES ('usermerge', 2);
        INSERT INTO ticket_titles (ticket_titles, rank) VALUES ('usermerge', 2);
        INSERT INTO change_words (change_words, rank) VALUES ('usermerge', 2);
        INSERT INTO subject_words (subject_words, rank) VALUES ('usermerge', 2);
        """

    static let mergingOfDirectory: StaticString = """
        INSERT INTO ticket_words (ticket_words, rank) VALUES ('usermerge', 2);
        INSERT INTO ticket_titles (ticket_titles, rank) VALUES ('usermerge', 2);
        INSERT INTO change_words (change_words, rank) VALUES ('usermerge', 2);
        INSERT INTO post_words (post_words, rank) VALUES ('usermerge', 2);
        INSERT INTO announcement_words (announcement_words, rank) VALUES ('usermerge', 2);
        """

    /// Posts and announcements, which everybody searches as far as they are for them.
    static let shared: StaticString = """
        CREATE VIEW post_text AS SELECT p.number AS row, p.title AS title,
            p.body || char(10) || coalesce((SELECT group_concat(tag, ' ') FROM (SELECT tag FROM post_tag WHERE post = p.number ORDER BY tag)), '') AS body, p.author AS about, '' AS scope FROM post p;
        CREATE VIRTUAL TABLE post_words USING fts5 (title, body, about, scope, content = 'post_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE post_vocabulary USING fts5vocab (post_words, instance);
        INSERT INTO post_words (post_words) VALUES ('rebuild');

        CREATE VIEW announcement_text AS SELECT row, title, body, by_name AS about, '' AS scope FROM announcement;
        CREATE VIRTUAL TABLE announcement_words USING fts5 (title, body, about, scope, content = 'announcement_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE announcement_vocabulary USING fts5vocab (announcement_words, instance);
        INSERT INTO announcement_words (announcement_words) VALUES ('rebuild');
        """

    /// What staff search: every customer's conversations, notes too, and changes. The texts are copies; who they belong to is `scope`.
    static let ofDirectory: StaticString = """
        CREATE TABLE ticket_text (
            row INTEGER PRIMARY KEY,          -- number * 65536 + place
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            about TEXT NOT NULL,
            scope TEXT NOT NULL,              -- the customer
            last INTEGER NOT NULL             -- the row of the last reply in it
        );
        CREATE INDEX ticket_text_scope ON ticket_text (scope);
        CREATE VIRTUAL TABLE ticket_words USING fts5 (title, body, about, scope, content = 'ticket_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE ticket_vocabulary USING fts5vocab (ticket_words, instance);

        CREATE TABLE change_text (
            row INTEGER PRIMARY KEY,          -- the number
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            about TEXT NOT NULL,
            scope TEXT NOT NULL               -- the customer; empty for Fitech's own
        );
        CREATE INDEX change_text_scope ON change_text (scope);
        CREATE VIRTUAL TABLE change_words USING fts5 (title, body, about, scope, content = 'change_text', content_rowid = 'row', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE change_vocabulary USING fts5vocab (change_words, instance);

        -- Everything is followed once more, 200 at a time.
        CREATE TABLE search_state (built INTEGER NOT NULL);
        INSERT INTO search_state SELECT NOT EXISTS (SELECT 1 FROM customer) AND NOT EXISTS (SELECT 1 FROM change);
        UPDATE customer SET ticket_revision = 0, change_revision = 0;
        """
}
