// The community: posts by staff, comments by everybody signed in, and the moderation between them.

import Control
import SupportCentre
import Wire

package struct Post: Record {
    package enum State: String, Sendable, CaseIterable { case draft, scheduled, published }
    package var number = 0
    package var title = ""
    /// Markdown; in lists its first 400 characters.
    package var body = ""
    package var tags: [String] = []
    package var state = State.draft
    /// When it is or was to be seen; nil for a draft.
    package var published: Timestamp?
    package var updated = Timestamp()
    package var author = ""
    /// One customer's people only; nil for everybody signed in.
    package var audience: String?
    /// Whether comments may be written.
    package var open = true
    /// Those that are seen.
    package var comments = 0
    /// Grows with every change.
    package var version = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("tags", &tags)
        try visit.field("state", &state)
        try visit.field("published", &published)
        try visit.field("updated", &updated)
        try visit.field("author", &author)
        try visit.field("audience", &audience)
        try visit.field("open", &open)
        try visit.field("comments", &comments)
        try visit.field("version", &version)
    }
}

/// A comment as readers see it: of its writer only the name they chose.
package struct PostComment: Record {
    package var id = ""
    package var name = ""
    package var byStaff = false
    package var body = ""
    package var written = Timestamp()
    package var edited = false
    package var state = CommentState.shown
    /// The reader wrote it.
    package var own = false
    /// The reader may still change it.
    package var editable = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("by_staff", &byStaff)
        try visit.field("body", &body)
        try visit.field("written", &written)
        try visit.field("edited", &edited)
        try visit.field("state", &state)
        try visit.field("own", &own)
        try visit.field("editable", &editable)
    }
}

/// Newest first. Staff may ask for drafts and what is scheduled.
package struct ListPosts: Procedure {
    package struct Answer: Record {
        package var items: [Post] = []
        package var next: String?
        /// Tags in use among what this person sees, the most used first, at most 30.
        package var tags: [String] = []
        /// For staff: comments that wait, counted up to 100.
        package var waiting = 0
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("tags", &tags)
            try visit.field("waiting", &waiting)
            try visit.field("person", &person)
        }
    }
    package static let name = "posts.list", access = Access.person, kind = ProcedureKind.read
    package var tag: String?
    /// For staff: only drafts, or what is scheduled; without it what is published.
    package var state: Post.State?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("tag", &tag)
        try visit.field("state", &state)
        try visit.field("page", &page)
    }
}

extension ListPosts: ListProcedure {}
extension ListPosts.Answer: ListAnswer {}

package struct PostView: Record {
    package var post = Post()
    /// Oldest first, at most 500: those that are seen, and the reader's own that wait.
    package var comments: [PostComment] = []
    /// The reader's name in the community, empty until they chose one.
    package var alias = ""
    /// New comments are looked at by staff first.
    package var moderated = true
    package var editMinutes = 0
    package var person = Person()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("post", &post)
        try visit.field("comments", &comments)
        try visit.field("alias", &alias)
        try visit.field("moderated", &moderated)
        try visit.field("edit_minutes", &editMinutes)
        try visit.field("person", &person)
    }
}

package struct ShowPost: Procedure {
    package typealias Answer = PostView
    package static let name = "posts.show", access = Access.person, kind = ProcedureKind.read
    package var number = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("number", &number) }
}

/// Writes a post, a new one without a number.
package struct SavePost: Procedure {
    package typealias Answer = Post
    package static let name = "posts.save", access = Access.support, kind = ProcedureKind.write
    package var number: Int?
    package var title = ""
    package var body = ""
    /// Words with blanks or commas between them.
    package var tags = ""
    package var audience: String?
    /// `draft`, `now`, or a time (ISO 8601, or the wall clock of the writer's zone like 2026-11-22T02:00).
    package var publish = "draft"
    /// Whether comments may be written; yes when left out.
    package var open: Bool?
    /// The version that was looked at; another is refused. Without it nothing is compared.
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("tags", &tags)
        try visit.field("audience", &audience)
        try visit.field("publish", &publish)
        try visit.field("open", &open)
        try visit.field("version", &version)
    }
}

package struct CommentOnPost: Procedure {
    package typealias Answer = PostComment
    package static let name = "posts.comment", access = Access.person, kind = ProcedureKind.write
    package var number = 0
    package var body = ""
    /// The name to be shown by; needed once, later it may be changed. Staff are shown by their own.
    package var alias: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("body", &body)
        try visit.field("alias", &alias)
    }
}

/// Changes one's own comment within its time, or takes it back at any time.
package struct EditComment: Procedure {
    package typealias Answer = PostComment
    package static let name = "comments.edit", access = Access.person, kind = ProcedureKind.write
    package var id = ""
    package var body = ""
    package var withdraw: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("body", &body)
        try visit.field("withdraw", &withdraw)
    }
}

/// Tells staff of a comment; once per person.
package struct FlagComment: Procedure {
    package typealias Answer = Done
    package static let name = "comments.flag", access = Access.person, kind = ProcedureKind.write
    package var id = ""
    package var reason = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("reason", &reason)
    }
}

/// A comment as staff see it.
package struct ModeratedComment: Record {
    package var comment = PostComment()
    package var post = 0
    package var title = ""
    package var email = ""
    package var customer: String?
    /// Of those who flagged it.
    package var reasons: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("comment", &comment)
        try visit.field("post", &post)
        try visit.field("title", &title)
        try visit.field("email", &email)
        try visit.field("customer", &customer)
        try visit.field("reasons", &reasons)
    }
}

/// What waits for staff: new comments and flagged ones, oldest first.
package struct ListModeration: Procedure {
    package struct Answer: Record {
        package var items: [ModeratedComment] = []
        package var next: String?
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
        }
    }
    package static let name = "comments.queue", access = Access.support, kind = ProcedureKind.read
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("page", &page) }
}

extension ListModeration: ListProcedure {}
extension ListModeration.Answer: ListAnswer {}

package struct ModerateComment: Procedure {
    package enum Decision: String, Sendable, CaseIterable { case show, hide }
    package typealias Answer = Done
    package static let name = "comments.moderate", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package var decision = Decision.show
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("decision", &decision)
    }
}
