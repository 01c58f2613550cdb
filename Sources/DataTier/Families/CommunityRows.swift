// Rows of posts and comments as answers; what a reader may see of them is decided here alone.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum CommunityRows {
    /// Who reads: staff see everything, others what is published for everybody or for their customer.
    struct Reader: Sendable {
        var isStaff: Bool
        var place: String
        var person: String
        var now: Timestamp

        init(_ caller: Caller, _ now: Timestamp) { (isStaff, place, person, self.now) = (caller.isStaff, caller.place, caller.id, now) }
    }

    static func post(_ row: Row, _ now: Timestamp) -> Post {
        var post = Post()
        post.number = row.int(0)
        post.title = row.text(1)
        post.body = row.text(2)
        post.author = row.text(3)
        post.audience = row.optionalText(4)
        post.open = row.bool(5)
        post.published = row.optionalInt64(6).map(Timestamp.init(milliseconds:))
        post.state = post.published.map { $0 > now ? .scheduled : .published } ?? .draft
        post.updated = Timestamp(milliseconds: row.int64(7))
        post.version = row.int(8)
        post.tags = row.text(9).split(separator: " ").map(String.init)
        post.comments = row.int(10)
        return post
    }

    static func find(_ number: Int, _ reader: Reader, in directory: Database) throws -> Post? {
        try directory.first("""
            SELECT number, title, body, author, audience, open, published, updated, version,
                coalesce((SELECT group_concat(tag, ' ') FROM post_tag WHERE post = number), ''), (SELECT count(*) FROM comment WHERE post = number AND state = 'shown')
            FROM post WHERE number = ?1 AND (?2 OR (published <= ?3 AND (audience IS NULL OR audience = ?4)))
            """, number, reader.isStaff, reader.now.milliseconds, reader.place) { post($0, reader.now) }
    }

    /// Where a list goes on: the time and number of the last post.
    typealias Place = (time: Int64, number: Int)

    /// What is published, newest first.
    static func published(_ reader: Reader, tag: String?, after: Place?, limit: Int, in directory: Database) throws -> [Post] {
        try directory.query("""
            SELECT number, title, substr(body, 1, 400), author, audience, open, published, updated, version,
                coalesce((SELECT group_concat(tag, ' ') FROM post_tag WHERE post = number), ''), (SELECT count(*) FROM comment WHERE post = number AND state = 'shown')
            FROM post WHERE published IS NOT NULL AND published <= ?1 AND (published, number) < (?2, ?3) AND (?4 OR audience IS NULL OR audience = ?5)
                AND (?6 IS NULL OR EXISTS (SELECT 1 FROM post_tag WHERE tag = ?6 AND post = number))
            ORDER BY published DESC, number DESC LIMIT ?7
            """, reader.now.milliseconds, after?.time ?? Int64.max, after?.number ?? Int.max, reader.isStaff, reader.place, tag, limit) { post($0, reader.now) }
    }

    /// For staff: drafts, or what lies ahead, by number.
    static func unpublished(_ state: Post.State, _ reader: Reader, before number: Int, limit: Int, in directory: Database) throws -> [Post] {
        try directory.query("""
            SELECT number, title, substr(body, 1, 400), author, audience, open, published, updated, version,
                coalesce((SELECT group_concat(tag, ' ') FROM post_tag WHERE post = number), ''), 0
            FROM post WHERE number < ?1 AND CASE WHEN ?2 THEN published IS NULL ELSE published > ?3 END ORDER BY number DESC LIMIT ?4
            """, number, state == .draft, reader.now.milliseconds, limit) { post($0, reader.now) }
    }

    static func tags(_ reader: Reader, in directory: Database) throws -> [String] {
        try directory.query("""
            SELECT t.tag FROM post_tag t JOIN post p ON p.number = t.post WHERE p.published <= ?1 AND (?2 OR p.audience IS NULL OR p.audience = ?3)
            GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT 30
            """, reader.now.milliseconds, reader.isStaff, reader.place) { $0.text(0) }
    }

    static func waiting(in directory: Database) throws -> Int { try directory.int("SELECT count(*) FROM (SELECT 1 FROM comment WHERE state = 'waiting' LIMIT 100)") ?? 0 }

    // MARK: Comments

    /// A comment with what only the rules look at.
    struct Found: Sendable {
        var row: Int64
        var post: Int
        var place: String
        var person: String
        var isChecked: Bool
        var comment: PostComment
    }

    private static func comment(_ row: Row, _ reader: Reader, _ policy: CommunityPolicy) -> Found {
        var comment = PostComment()
        comment.id = row.text(0)
        comment.name = row.text(1)
        comment.byStaff = row.bool(2)
        comment.body = row.text(3)
        comment.written = Timestamp(milliseconds: row.int64(4))
        comment.edited = row.bool(5)
        comment.state = CommentState(rawValue: row.text(6)) ?? .hidden
        let (place, person) = (row.text(7), row.text(8))
        comment.own = place == reader.place && person == reader.person
        comment.editable = comment.own && policy.mayEdit(written: comment.written, state: comment.state, now: reader.now)
        return Found(row: row.int64(9), post: row.int(10), place: place, person: person, isChecked: row.bool(11), comment: comment)
    }

    /// Those that are seen, and the reader's own that wait.
    static func comments(on post: Int, _ reader: Reader, _ policy: CommunityPolicy, in directory: Database) throws -> [PostComment] {
        try directory.query("""
            SELECT id, name, by_staff, body, written, edited, state, place, person, row, post, checked FROM comment
            WHERE post = ?1 AND (state = 'shown' OR (state = 'waiting' AND place = ?2 AND person = ?3)) ORDER BY row LIMIT 500
            """, post, reader.place, reader.person) { comment($0, reader, policy).comment }
    }

    static func find(_ id: String, _ reader: Reader, _ policy: CommunityPolicy, in directory: Database) throws -> Found? {
        try directory.first("SELECT id, name, by_staff, body, written, edited, state, place, person, row, post, checked FROM comment WHERE id = ?", id) { comment($0, reader, policy) }
    }

    static func queue(_ reader: Reader, after row: Int64, limit: Int, in directory: Database) throws -> [(item: ModeratedComment, row: Int64)] {
        try directory.query("""
            SELECT c.id, c.name, c.by_staff, c.body, c.written, c.edited, c.state, c.place, c.person, c.row, c.post, c.checked, p.title, c.email,
                coalesce((SELECT group_concat(reason, char(31)) FROM comment_flag WHERE comment = c.row), '')
            FROM comment c JOIN post p ON p.number = c.post WHERE c.state = 'waiting' AND c.row > ?1 ORDER BY c.row LIMIT ?2
            """, row, limit) { row in
            let found = comment(row, reader, CommunityPolicy())
            var item = ModeratedComment()
            (item.comment, item.post, item.title, item.email) = (found.comment, found.post, row.text(12), row.text(13))
            item.customer = found.place == "staff" ? nil : found.place
            item.reasons = row.text(14).split(separator: "\u{1F}").map(String.init)
            return (item, found.row)
        }
    }

    static func alias(_ reader: Reader, in directory: Database) throws -> String {
        try directory.first("SELECT alias FROM community_member WHERE place = ? AND person = ?", reader.place, reader.person) { $0.text(0) } ?? ""
    }
}
