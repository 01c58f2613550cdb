// The recycle bin: what was deleted, value by value as it was, until somebody brings it back or its time is over.

/// The same in both schemas. In a customer's database it holds tickets; in the directory what is Fitech's own, and an index of the
/// customers' bins.
enum BinTables {
    static let ofCustomer: StaticString = """
        CREATE TABLE bin_item (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,                -- what it was known by: a number, an id
            title TEXT NOT NULL,
            reason TEXT NOT NULL,
            person TEXT NOT NULL,             -- who opened the ticket; whose a personal view is; else empty
            by_name TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('held', 'restored', 'gone')),
            revision INTEGER NOT NULL DEFAULT 0 -- counted with the tickets': the index of the directory follows both
        );
        CREATE INDEX bin_item_key ON bin_item (kind, key);
        CREATE INDEX bin_item_revision ON bin_item (revision);
        CREATE INDEX bin_item_expires ON bin_item (expires) WHERE state = 'held';

        -- Rows of the bin's things: the values with the same source and place are one row.
        CREATE TABLE bin_value (
            row INTEGER PRIMARY KEY,
            item INTEGER NOT NULL REFERENCES bin_item (row) ON DELETE CASCADE,
            source TEXT NOT NULL,             -- the table
            place INTEGER NOT NULL,
            field TEXT NOT NULL,              -- the column
            value                             -- of any type
        );
        CREATE INDEX bin_value_item ON bin_value (item, row);
        """

    static let ofDirectory: StaticString = """
        ALTER TABLE bin_item ADD COLUMN customer TEXT REFERENCES customer (name); -- whose database holds it; NULL: this one
        CREATE INDEX bin_item_customer ON bin_item (customer) WHERE customer IS NOT NULL;
        CREATE INDEX bin_item_shown ON bin_item (row) WHERE state = 'held';
        """
}
