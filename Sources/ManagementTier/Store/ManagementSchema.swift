// The tables of management.db: everything the watch knows, in a database nobody else writes (principle 6).
import Storage

enum ManagementSchema {
    static let schema = Schema(
        name: "management",
        steps: [
            """
            -- Things that are known once, such as that the technicians of the file were taken over.
            CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
            CREATE TABLE technicians(
                id INTEGER PRIMARY KEY, name TEXT NOT NULL, number TEXT NOT NULL, zone TEXT NOT NULL, email TEXT,
                away_until INTEGER, removed INTEGER) STRICT;
            CREATE UNIQUE INDEX technicians_by_name ON technicians(name) WHERE removed IS NULL;
            CREATE TABLE incidents(
                id INTEGER PRIMARY KEY, subject TEXT NOT NULL, service TEXT NOT NULL, reason TEXT NOT NULL,
                last_good INTEGER NOT NULL, first_bad INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER, ending TEXT,
                parent INTEGER, acknowledged INTEGER, acknowledged_by TEXT, episodes INTEGER NOT NULL, stable_since INTEGER,
                paged TEXT NOT NULL, due INTEGER, everyone INTEGER NOT NULL) STRICT;
            CREATE INDEX incidents_by_closed ON incidents(closed);
            CREATE TABLE notes(id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
            CREATE INDEX notes_by_incident ON notes(incident);
            -- The ledger behind uptime: from the last good answer to the first good one.
            CREATE TABLE outages(
                id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, subject TEXT NOT NULL, begun INTEGER NOT NULL,
                first_bad INTEGER NOT NULL, ended INTEGER, reason TEXT NOT NULL) STRICT;
            CREATE INDEX outages_by_ended ON outages(ended);
            CREATE TABLE members(
                id INTEGER PRIMARY KEY, node TEXT NOT NULL, service TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER) STRICT;
            CREATE TABLE watched(id INTEGER PRIMARY KEY, begun INTEGER NOT NULL, ended INTEGER NOT NULL) STRICT;
            CREATE TABLE texts(
                id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, technician INTEGER NOT NULL, name TEXT NOT NULL, number TEXT NOT NULL,
                kind TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL, state TEXT NOT NULL, rounds INTEGER NOT NULL,
                provider TEXT, filed INTEGER NOT NULL) STRICT;
            CREATE INDEX texts_by_state ON texts(state);
            CREATE TABLE mails(
                id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
                automatic INTEGER NOT NULL, created INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, due INTEGER,
                reason TEXT NOT NULL) STRICT;
            CREATE INDEX mails_by_state ON mails(state);
            -- Every attempt of every text and mail: with whom, what came of it and how long it took.
            CREATE TABLE attempts(
                id INTEGER PRIMARY KEY, text INTEGER, mail INTEGER, provider TEXT NOT NULL, at INTEGER NOT NULL,
                took INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
            CREATE INDEX attempts_by_text ON attempts(text);
            CREATE INDEX attempts_by_mail ON attempts(mail);
            """,
            """
            -- Whether the data tier has been told how a mail of its own fares, and since when it stands as it does.
            ALTER TABLE mails ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE mails ADD COLUMN settled INTEGER;
            CREATE INDEX mails_untold ON mails(id) WHERE told = 0;
            """,
            """
            -- Planned work. Never deleted: the availability of months ago depends on it.
            CREATE TABLE maintenance(
                id INTEGER PRIMARY KEY, source TEXT, version INTEGER NOT NULL, title TEXT NOT NULL, parts TEXT NOT NULL,
                starts INTEGER NOT NULL, ends INTEGER NOT NULL, cancelled INTEGER, by_name TEXT NOT NULL) STRICT;
            ALTER TABLE incidents ADD COLUMN planned_until INTEGER;
            """,
        ])
}
