// A customer's webhooks and what is on its way to them.

enum WebhookTables {
    static let ofCustomer: StaticString = """
        CREATE TABLE webhook (
            id TEXT PRIMARY KEY,
            url TEXT NOT NULL,
            events TEXT NOT NULL,              -- words with blanks between them
            note TEXT NOT NULL,
            state TEXT NOT NULL,
            secret TEXT NOT NULL,              -- as it is: every call is signed with it
            former TEXT,                       -- the one before, and until when it signs too
            former_until INTEGER,
            person TEXT NOT NULL,
            by_name TEXT NOT NULL,
            created INTEGER NOT NULL,
            failing INTEGER,                   -- since when; NULL when the last attempt was taken
            delivered INTEGER,                 -- when last
            version INTEGER NOT NULL DEFAULT 1
        ) WITHOUT ROWID;

        CREATE TABLE webhook_delivery (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            webhook TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
            event TEXT NOT NULL,
            body TEXT NOT NULL,
            created INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting',
            tries INTEGER NOT NULL DEFAULT 0,
            due INTEGER,                       -- of one that waits
            at INTEGER,                        -- of the last attempt
            status INTEGER,
            reason TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook, row);
        CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due) WHERE state = 'waiting';
        """
}
