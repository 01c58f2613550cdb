// How the portal looks to the people of a database. The directory has the table too and leaves it empty: callers of both are read alike.

enum BrandingTables {
    static let step: StaticString = """
        CREATE TABLE branding (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            colour TEXT,
            logo TEXT,                         -- names the picture: of its hash
            bytes BLOB
        );
        """
}
