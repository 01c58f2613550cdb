// What customers think of how their tickets were dealt with.

enum RatingTables {
    static let ofCustomer: StaticString = """
        -- The latest of a ticket counts, the others are its history.
        CREATE TABLE ticket_rating (
            row INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            score TEXT NOT NULL CHECK (score IN ('good', 'fair', 'poor')),
            comment TEXT NOT NULL,
            person TEXT NOT NULL,
            rated INTEGER NOT NULL
        );
        CREATE INDEX ticket_rating_ticket ON ticket_rating (ticket, row);

        -- The links mailed when a ticket ends, as SHA-256 only.
        CREATE TABLE rating_link (
            hash BLOB PRIMARY KEY,
            ticket INTEGER NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
            person TEXT NOT NULL,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX rating_link_ticket ON rating_link (ticket);
        CREATE INDEX rating_link_expires ON rating_link (expires);
        """
}
