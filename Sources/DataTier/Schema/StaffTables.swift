// What staff keep for their own work, in the directory: texts for answers, views of the queue.

enum StaffTables {
    static let cannedReplies: StaticString = """
        CREATE TABLE canned_reply (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            title_key TEXT NOT NULL UNIQUE,   -- lower case
            category TEXT NOT NULL,
            category_key TEXT NOT NULL,
            body TEXT NOT NULL,
            by_name TEXT NOT NULL,
            updated INTEGER NOT NULL,
            version INTEGER NOT NULL
        );
        CREATE INDEX canned_reply_order ON canned_reply (category_key, title_key);
        """

    static let views: StaticString = """
        CREATE TABLE ticket_view (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL,             -- who made it; a personal one is theirs alone
            by_name TEXT NOT NULL,
            shared INTEGER NOT NULL,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,           -- lower case
            state TEXT,
            priority TEXT,
            category TEXT,
            tag TEXT,
            customer TEXT,
            assignee TEXT,                    -- an e-mail, 'me' or 'none'
            search TEXT,
            sequence TEXT,                    -- the order
            version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ticket_view_personal ON ticket_view (person, name_key) WHERE shared = 0;
        CREATE UNIQUE INDEX ticket_view_shared ON ticket_view (name_key) WHERE shared = 1;
        """

    /// By the ticket's number alone: the index of tickets is made anew when a customer is restored, and nobody stops watching by that.
    static let watchers: StaticString = """
        CREATE TABLE ticket_watcher (
            ticket INTEGER NOT NULL,
            person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            since INTEGER NOT NULL,
            PRIMARY KEY (ticket, person)
        ) WITHOUT ROWID;
        CREATE INDEX ticket_watcher_person ON ticket_watcher (person);
        -- Who watches a ticket that was merged watches the one it went on in.
        CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;
        """
}
