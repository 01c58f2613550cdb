// Exports of a customer: asked for, under way, there to be downloaded, gone. The files themselves lie with the node that made them.

enum ExportTables {
    /// A step of the customer's schema.
    static let step: StaticString = """
        CREATE TABLE export (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            file TEXT NOT NULL UNIQUE,        -- the secret name of the file on its node
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'expired')),
            fresh INTEGER NOT NULL,           -- a new restore point was wanted
            person TEXT,                      -- who asked; NULL for operations
            asked_by TEXT NOT NULL,
            asked INTEGER NOT NULL,
            origin TEXT,                      -- what a mailed link begins with
            node TEXT,
            as_of INTEGER,
            finished INTEGER,
            expires INTEGER,
            file_name TEXT,
            bytes INTEGER,
            sha256 TEXT,
            rows INTEGER,
            attachments INTEGER,
            downloads INTEGER NOT NULL DEFAULT 0,
            problem TEXT,
            hint TEXT
        );
        CREATE INDEX export_state ON export (state) WHERE state IN ('waiting', 'running', 'done');

        -- Links that download without a session; one that was made is shown once.
        CREATE TABLE export_link (
            hash BLOB PRIMARY KEY,
            export INTEGER NOT NULL REFERENCES export (row) ON DELETE CASCADE,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX export_link_export ON export_link (export);
        """
}
