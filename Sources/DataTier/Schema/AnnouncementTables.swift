// Announcements are in the directory, because they cross customers; who was told, read and acknowledged is kept with the person:
// in every customer's database, and for staff in the directory.

enum AnnouncementTables {
    /// A step of both schemas.
    static let receipts: StaticString = """
        -- One row for a person and a round: an announcement that is moved is read anew.
        CREATE TABLE announcement_receipt (
            announcement TEXT NOT NULL,
            round INTEGER NOT NULL,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            read INTEGER,
            acknowledged INTEGER,
            mail TEXT,                        -- the effect that carries it
            mail_state TEXT,
            mail_at INTEGER,
            mail_reason TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (announcement, round, person)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX announcement_receipt_mail ON announcement_receipt (mail) WHERE mail IS NOT NULL;
        CREATE INDEX announcement_receipt_person ON announcement_receipt (person);

        -- Beside the person, so that finding who asks finds it too: ' ID/ROUND ID/ROUND ', of those that are still shown.
        ALTER TABLE person ADD COLUMN acknowledged TEXT NOT NULL DEFAULT '';
        """

    static let ofDirectory: StaticString = """
        CREATE TABLE announcement (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,          -- random: a number given out again after a restore would inherit receipts
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            emergency TEXT NOT NULL,
            customer TEXT REFERENCES customer (name), -- NULL for every one
            role TEXT,                        -- NULL for every one
            starts INTEGER,
            ends INTEGER,
            banner_starts INTEGER,            -- as written
            banner_ends INTEGER,
            shown_from INTEGER,               -- as they came out when it was published
            shown_until INTEGER,
            person TEXT NOT NULL,
            by_name TEXT NOT NULL,
            published INTEGER,
            updated INTEGER NOT NULL,
            round INTEGER NOT NULL DEFAULT 0,
            version INTEGER NOT NULL DEFAULT 1
        );
        CREATE INDEX announcement_shown ON announcement (shown_until) WHERE shown_until IS NOT NULL;

        -- Every time its audience was told. Only ever appended.
        CREATE TABLE announcement_notice (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            announcement TEXT NOT NULL REFERENCES announcement (id),
            round INTEGER NOT NULL,
            at INTEGER NOT NULL,
            what TEXT NOT NULL,
            starts INTEGER,
            ends INTEGER,
            note TEXT NOT NULL,
            origin TEXT NOT NULL,             -- what links in its mails begin with
            UNIQUE (announcement, round)
        );
        CREATE TRIGGER announcement_notice_kept BEFORE UPDATE ON announcement_notice BEGIN SELECT raise(ABORT, 'what was told is never changed'); END;
        CREATE TRIGGER announcement_notice_stays BEFORE DELETE ON announcement_notice BEGIN SELECT raise(ABORT, 'what was told is never deleted'); END;

        -- Up to which notice a customer's people (or `staff`) have their mails written.
        CREATE TABLE announcement_told (place TEXT PRIMARY KEY, notice INTEGER NOT NULL) WITHOUT ROWID;
        """
}
