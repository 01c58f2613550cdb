// Files of tickets, in pieces so that neither writing nor reading one ever holds it whole.

enum AttachmentTables {
    static let ofCustomer: StaticString = """
        CREATE TABLE attachment (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            reply TEXT,                       -- the message it came with; NULL for the ticket's own text
            person TEXT NOT NULL,
            author TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            internal INTEGER NOT NULL,
            name TEXT NOT NULL,
            type TEXT NOT NULL DEFAULT '',    -- by its content, once complete
            bytes INTEGER NOT NULL DEFAULT 0,
            sha256 BLOB,
            complete INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL
        );
        CREATE INDEX attachment_ticket ON attachment (ticket, row);
        CREATE INDEX attachment_incomplete ON attachment (created) WHERE complete = 0;

        CREATE TABLE attachment_piece (
            row INTEGER PRIMARY KEY,
            attachment INTEGER NOT NULL REFERENCES attachment (row) ON DELETE CASCADE,
            place INTEGER NOT NULL,           -- from 0; all but the last have 262,144 bytes
            bytes BLOB NOT NULL,
            UNIQUE (attachment, place)
        );
        """
}
