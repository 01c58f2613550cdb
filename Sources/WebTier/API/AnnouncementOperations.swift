// Operations of the API: announcements.
import Control
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func announcements() -> [APIRoute] {
        func words<E: RawRepresentable<String> & CaseIterable>(_ name: String, _ what: String, _: E.Type) -> Parameter {
            Parameter(name: name, what: what, schema: ["type": "string", "enum": .array(E.allCases.map { .string($0.rawValue) })])
        }
        let tag = "Announcements", answer = RecordSchema.of(Announcement.self)
        return [
            APIRoute(
                .get, "/announcements", tag: tag, "What was published for you, newest first; support sees all, drafts too. Of the body its beginning.",
                query: paging + [words("kind", "One kind only.", AnnouncementKind.self), words("state", "One state only.", AnnouncementState.self)],
                answer: RecordSchema.of(Listing<Announcement>.self), whole: .announcements
            ) { api throws(Failure) in
                var call = ListAnnouncements()
                (call.page, call.kind, call.state) = (try api.page(), try api.word("kind"), try api.word("state"))
                let found = try await api.call(call)
                return APIAnswer(Listing(found.items, next: found.next))
            },
            APIRoute(
                .post, "/announcements", tag: tag, "Writes a draft; with `publish` it is published at once. For support.",
                body: .json(schema(DraftAnnouncement.self, without: ["origin"])), status: 201, answer: answer
            ) { api throws(Failure) in
                let one = try await api.call(try await api.read(DraftAnnouncement.self, path: [origin(api)]))
                return APIAnswer(one, location: "/announcements/\(one.id)")
            },
            APIRoute(.get, "/announcements/{id}", tag: tag, "One announcement. Who reads it in the portal has read it; a program acknowledges it or leaves no mark.", answer: answer) { api throws(Failure) in
                APIAnswer(try await view(api).announcement)
            },
            APIRoute(
                .put, "/announcements/{id}", tag: tag, "Writes a draft anew, whole. For support.", body: .json(schema(EditAnnouncement.self, without: ["id", "origin"])), answer: answer
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(EditAnnouncement.self, path: [id(api), origin(api)]))) },
            APIRoute(
                .post, "/announcements/{id}/steps", tag: tag, "Publishes, moves or cancels an announcement; everybody it is for is told. 409 says which steps are possible, 422 what is missing. For support.",
                body: .json(schema(MoveAnnouncement.self, without: ["id", "origin"])), answer: answer
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(MoveAnnouncement.self, path: [id(api), origin(api)]))) },
            APIRoute(.post, "/announcements/{id}/acknowledge", tag: tag, "You have read it; it is on your pages no more.", answer: answer) { api throws(Failure) in
                APIAnswer(try await api.call(AcknowledgeAnnouncement(id: api.parameter("id"))))
            },
            APIRoute(.get, "/announcements/{id}/notices", tag: tag, "Every time its audience was told, oldest first.", answer: RecordSchema.of(Listing<AnnouncementNotice>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await view(api).notices))
            },
            APIRoute(
                .get, "/announcements/{id}/reach", tag: tag, "For support: how far it has come with each customer, twenty on a page; the item without a customer is staff.",
                query: [Parameter(name: "after", what: "Where to go on: `next` of the page before.")], answer: RecordSchema.of(Listing<AnnouncementReach>.self)
            ) { api throws(Failure) in
                let view = try await view(api) { $0.after = api.query.text("after") }
                try support(view)
                return APIAnswer(Listing(view.reach, next: view.next))
            },
            APIRoute(
                .get, "/announcements/{id}/recipients", tag: tag, "For support: the people of one customer, what they have read and what became of their mails.",
                query: [Parameter(name: "customer", what: "The customer's name; `staff` for staff.")], answer: RecordSchema.of(Listing<AnnouncementRecipient>.self)
            ) { api throws(Failure) in
                guard let customer = api.query.text("customer") else {
                    throw .unacceptable([.init(field: "customer", reason: "Whose people is missing.", hint: "Send customer=NAME, or customer=staff.")])
                }
                let view = try await view(api) { $0.customer = customer }
                try support(view)
                return APIAnswer(Listing(view.recipients))
            },
        ]
    }

    private static func id(_ api: APIRequest) -> (String, JSON) { ("id", .string(api.parameter("id"))) }
    private static func origin(_ api: APIRequest) -> (String, JSON) { ("origin", .string(api.request.origin)) }

    private static func view(_ api: APIRequest, _ more: (inout ShowAnnouncement) -> Void = { _ in }) async throws(Failure) -> AnnouncementView {
        var call = ShowAnnouncement(id: api.parameter("id"))
        more(&call)
        return try await api.call(call)
    }

    private static func support(_ view: AnnouncementView) throws(Failure) {
        guard view.person.role == .support || view.person.role == .operations else {
            throw .forbidden("Who has read an announcement is seen by support alone.", hint: "Your own marks are on the announcement.")
        }
    }
}
