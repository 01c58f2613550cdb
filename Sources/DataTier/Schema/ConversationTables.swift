// Tickets that belong together: merges that can be undone, links, and what somebody is writing.

enum ConversationTables {
    static let ofCustomer: StaticString = """
        -- A merged ticket keeps all that is its own; the other shows it. So undoing a merge is exact, at any time.
        CREATE TABLE ticket_merge (
            row INTEGER PRIMARY KEY,
            source INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            target INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            state TEXT NOT NULL,              -- of the source before
            at INTEGER NOT NULL,
            undone INTEGER                    -- when, NULL while it holds
        );
        CREATE INDEX ticket_merge_source ON ticket_merge (source, row);
        CREATE INDEX ticket_merge_target ON ticket_merge (target, row);
        CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;

        -- Both directions have a row.
        CREATE TABLE ticket_link (
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            other INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('related', 'split-from', 'split-into', 'follows', 'followed-by')),
            PRIMARY KEY (ticket, other)
        ) WITHOUT ROWID;
        CREATE INDEX ticket_link_other ON ticket_link (other);

        CREATE TABLE ticket_draft (
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            person TEXT NOT NULL,
            name TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            body TEXT NOT NULL,
            written INTEGER NOT NULL,
            PRIMARY KEY (ticket, person)
        ) WITHOUT ROWID;
        """
}
