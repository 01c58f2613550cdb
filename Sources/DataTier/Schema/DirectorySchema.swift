// The tables of Fitech's own: customers, whose address an e-mail is, staff, and an index of tickets for them.
import Storage

enum DirectorySchema {
    static let schema = Schema(name: "directory", steps: [PeopleTables.first, own, TicketTables.ofDirectory, ChangeTables.own, ChangeTables.index, AuditTables.step, AccountTables.step, ErasureTables.ofDirectory, AnnouncementTables.receipts, AnnouncementTables.ofDirectory, WindowTables.effects, WindowTables.ofDirectory, SearchTables.ofDirectory, CommunityTables.ofDirectory, StaffTables.cannedReplies, StaffTables.views, StaffTables.watchers, BrandingTables.step, SearchTables.shared, BinTables.ofCustomer, BinTables.ofDirectory, ScheduleTables.ofDirectory, PasskeyTables.step, PasskeyTables.places, SearchTables.titlesOfDirectory, SearchTables.mergingOfDirectory], finish: AuditAdoption.run)

    private static let own: StaticString = """
        CREATE TABLE customer (
            name TEXT PRIMARY KEY,
            display_name TEXT NOT NULL,
            created INTEGER NOT NULL,
            ticket_revision INTEGER NOT NULL DEFAULT 0   -- up to which the index below has this customer's tickets
        ) WITHOUT ROWID;

        -- Every e-mail of everybody, staff and customers' people alike: one address, one person.
        CREATE TABLE address (
            email TEXT PRIMARY KEY,
            customer TEXT REFERENCES customer (name),    -- NULL for staff
            person TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX address_customer ON address (customer);

        CREATE TABLE ticket (
            number INTEGER PRIMARY KEY,
            customer TEXT NOT NULL REFERENCES customer (name),
            title TEXT NOT NULL,
            title_key TEXT NOT NULL,
            body TEXT NOT NULL,               -- its first 200 characters
            state TEXT NOT NULL,
            priority TEXT NOT NULL,
            opened_by TEXT NOT NULL,
            opened INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            replies INTEGER NOT NULL
        );
        CREATE INDEX ticket_state ON ticket (state, number);
        CREATE INDEX ticket_customer ON ticket (customer, number);

        CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO counter VALUES ('ticket', 1001);
        """
}
