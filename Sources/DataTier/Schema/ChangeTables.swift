// Requests for change: alike in every customer's database and, for Fitech's own, in the directory, which also has the index for staff.

enum ChangeTables {
    static let own: StaticString = """
        CREATE TABLE change (
            number INTEGER PRIMARY KEY,       -- unique over all customers and staff
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,          -- lower case, for search
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            phase TEXT NOT NULL,              -- follows from the state; lists are filtered by it
            reason TEXT NOT NULL,
            impact TEXT,
            likelihood TEXT,
            plan TEXT NOT NULL,
            back_out TEXT NOT NULL,
            evidence TEXT NOT NULL,
            parts TEXT NOT NULL,              -- words with blanks between
            starts INTEGER,
            ends INTEGER,
            quote INTEGER,                    -- in pence or cents
            currency TEXT,
            quote_state TEXT,
            person TEXT NOT NULL,
            raised_by TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            raised INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            submitted INTEGER,                -- when it was submitted first; until then it is between its owner and nobody
            round INTEGER NOT NULL DEFAULT 1, -- of votes; each revision begins another
            quorum INTEGER,
            rule TEXT,
            vote_ends INTEGER,
            revision INTEGER NOT NULL         -- grows with every change of any change
        );
        CREATE INDEX change_phase ON change (phase, number);
        CREATE INDEX change_starts ON change (starts) WHERE starts IS NOT NULL;
        CREATE INDEX change_revision ON change (revision);

        CREATE TABLE change_event (
            row INTEGER PRIMARY KEY,
            change INTEGER NOT NULL REFERENCES change (number),
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            what TEXT NOT NULL,
            state TEXT NOT NULL,              -- the one it led to
            note TEXT NOT NULL
        );
        CREATE INDEX change_event_change ON change_event (change, row);

        -- Votes are a log: nothing in it is ever changed.
        CREATE TABLE change_vote (
            row INTEGER PRIMARY KEY,
            change INTEGER NOT NULL REFERENCES change (number),
            round INTEGER NOT NULL,
            person TEXT NOT NULL,
            who TEXT NOT NULL,
            choice TEXT NOT NULL,
            comment TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE INDEX change_vote_change ON change_vote (change, round, row);
        CREATE TRIGGER change_vote_kept BEFORE UPDATE ON change_vote BEGIN SELECT raise(ABORT, 'votes are never changed'); END;
        CREATE TRIGGER change_vote_stays BEFORE DELETE ON change_vote BEGIN SELECT raise(ABORT, 'votes are never deleted'); END;
        """

    /// What staff look through: every submitted change of every customer, and all of Fitech's own.
    static let index: StaticString = """
        CREATE TABLE change_index (
            number INTEGER PRIMARY KEY,
            customer TEXT REFERENCES customer (name), -- NULL for Fitech's own
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            phase TEXT NOT NULL,
            reason TEXT NOT NULL,             -- its first 200 characters
            impact TEXT,
            likelihood TEXT,
            parts TEXT NOT NULL,
            starts INTEGER,
            ends INTEGER,
            quote INTEGER,
            currency TEXT,
            quote_state TEXT,
            raised_by TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            raised INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            revision INTEGER NOT NULL
        );
        CREATE INDEX change_index_phase ON change_index (phase, number);
        CREATE INDEX change_index_customer ON change_index (customer, number);
        CREATE INDEX change_index_starts ON change_index (starts) WHERE starts IS NOT NULL;
        ALTER TABLE customer ADD COLUMN change_revision INTEGER NOT NULL DEFAULT 0; -- up to which the index has this customer's changes
        INSERT INTO counter VALUES ('change', 101);
        """
}
