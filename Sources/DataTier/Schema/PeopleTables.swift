// The tables the directory and every customer's database have alike: people, their sessions, and what follows from writes.

/// First step of both schemas. Times are milliseconds since 1970 in UTC; secrets are stored as SHA-256 only.
enum PeopleTables {
    static let first: StaticString = """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE person (
            id TEXT PRIMARY KEY,
            email TEXT NOT NULL UNIQUE,       -- lower case
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            password TEXT,                    -- scrypt; NULL until an invitation is accepted
            units TEXT NOT NULL DEFAULT 'metric',
            zone TEXT NOT NULL DEFAULT 'Europe/London',
            created INTEGER NOT NULL,
            last_seen INTEGER
        ) WITHOUT ROWID;

        -- Signed-in sessions and API tokens.
        CREATE TABLE session (
            hash BLOB PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('session', 'token')),
            scope TEXT NOT NULL CHECK (scope IN ('all', 'read')),
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,         -- absolute
            used INTEGER NOT NULL             -- for the idle limit, moved on every few minutes
        ) WITHOUT ROWID;
        CREATE INDEX session_person ON session (person);
        CREATE INDEX session_expires ON session (expires);

        -- Mailed single-use links.
        CREATE TABLE link (
            hash BLOB PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'invitation')),
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX link_person ON link (person);

        -- What is to happen outside the database, written with its cause, carried out by management.
        CREATE TABLE effect (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind = 'mail'),
            receiver TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            created INTEGER NOT NULL
        );

        -- Answers of writes that carried a replay id, for 24 hours: a repeat gets the first answer.
        CREATE TABLE answer (
            key BLOB PRIMARY KEY,             -- SHA-256 of person, procedure and replay id
            request BLOB NOT NULL,            -- SHA-256 of the request's body
            created INTEGER NOT NULL,
            bytes BLOB NOT NULL               -- compact codec
        ) WITHOUT ROWID;
        CREATE INDEX answer_created ON answer (created);

        CREATE TABLE audit (
            row INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            detail TEXT NOT NULL,
            request TEXT
        );
        """
}
