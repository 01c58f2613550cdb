// Which subjects were erased, so that a restore of older data erases them again.

enum ErasureTables {
    /// A step of the directory's schema: a restore of the customer must not take this along.
    static let ofDirectory: StaticString = """
        CREATE TABLE erased_subject (
            customer TEXT NOT NULL,
            subject TEXT NOT NULL,            -- its id, which says nothing of the person
            PRIMARY KEY (customer, subject)
        ) WITHOUT ROWID;
        """
}
