// Announcements: read and acknowledged by who they are for, written, published, moved and cancelled by support.
import Control
import Engine
import Pages
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addAnnouncements() {
        page("/announcements") { request throws(Failure) in
            let query = try request.query()
            var call = ListAnnouncements()
            (call.kind, call.state) = (query.text("kind").flatMap(AnnouncementKind.init), query.text("state").flatMap(AnnouncementState.init))
            call.page = Page(after: query.text("after"), limit: 20)
            let answer = try await request.ask(call)
            return request.html(AnnouncementListPage.html(request.frame("Announcements", .announcements, request.viewer(answer.person)), answer, call, now: .now))
        }
        page("/announcements/new") { request throws(Failure) in
            let viewer = try await request.viewer()
            guard viewer.person.writesAnnouncements else { throw .forbidden("Announcements are written by support.", hint: "What was published for you is at /announcements.") }
            return request.html(AnnouncementFormPage.new(request.frame("Write an announcement", .announcements, viewer)))
        }
        form("/announcements/new") { request, form throws(Failure) in
            do throws(Failure) {
                let one = try await request.ask(try Self.content(request, form))
                return request.redirect("/announcements/\(one.id)", notice: one.state == .draft ? .announcementSaved : .announcementPublished)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(AnnouncementFormPage.new(request.frame("Write an announcement", .announcements, try await request.viewer()), entered: Entered(form, error)), status: error.status)
            }
        }
        page("/announcements/{id}") { request throws(Failure) in try await Self.showAnnouncement(request, .nothing, status: 200) }
        page("/announcements/{id}/edit") { request throws(Failure) in try await Self.editAnnouncement(request, .nothing, status: 200) }
        form("/announcements/{id}/edit") { request, form throws(Failure) in
            do throws(Failure) {
                var call = EditAnnouncement()
                (call.id, call.version, call.content) = (request.parameter("id"), form["version"].flatMap { Int($0) }, try Self.content(request, form))
                let one = try await request.ask(call)
                return request.redirect("/announcements/\(one.id)", notice: one.state == .draft ? .announcementSaved : .announcementPublished)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.editAnnouncement(request, Entered(form, error), status: error.status)
            }
        }
        form("/announcements/{id}/steps") { request, form throws(Failure) in
            guard let step = form["step"].flatMap(AnnouncementStep.init) else { throw .invalid("The form names no step.", hint: "Use one of its buttons.") }
            var call = MoveAnnouncement(id: request.parameter("id"), step)
            (call.version, call.note, call.emergency, call.origin) = (form["version"].flatMap { Int($0) }, form.text("note"), form.text("emergency"), request.origin)
            if step == .reschedule { (call.starts, call.ends) = (form.text("starts"), form.text("ends")) }
            do throws(Failure) {
                let one = try await request.ask(call)
                return request.redirect("/announcements/\(one.id)", notice: step == .publish ? .announcementPublished : one.published == nil ? .draftDiscarded : .announcementTold)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showAnnouncement(request, Entered(form, error), status: error.status)
            }
        }
        form("/announcements/{id}/acknowledge") { request, form throws(Failure) in
            _ = try await request.ask(AcknowledgeAnnouncement(id: request.parameter("id")))
            return request.redirect(LocalPath.safe(form["next"]), notice: .announcementRead)
        }
    }

    private static func content(_ request: WebRequest, _ form: Form) throws(Failure) -> DraftAnnouncement {
        var call = DraftAnnouncement()
        (call.title, call.body, call.kind) = (form.text("title") ?? "", form["body"], form["kind"].flatMap(AnnouncementKind.init))
        (call.customer, call.role) = (form.text("customer"), form["role"].flatMap(PersonRole.init))
        (call.starts, call.ends, call.bannerStarts, call.bannerEnds) = (form.text("starts"), form.text("ends"), form.text("banner_starts"), form.text("banner_ends"))
        (call.emergency, call.origin) = (form.text("emergency"), request.origin)
        call.publish = form["publish"] == nil ? nil : true
        return call
    }

    private static func showAnnouncement(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let query = try request.query()
        var call = ShowAnnouncement(id: request.parameter("id"))
        (call.customer, call.after) = (query.text("customer"), query.text("after"))
        let view = try await request.ask(call)
        let frame = request.frame(view.announcement.title, .announcements, request.viewer(view.person))
        return request.html(AnnouncementPage.html(frame, view, chosen: call.customer, after: call.after, now: .now, entered: entered), status: status)
    }

    private static func editAnnouncement(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let view = try await request.ask(ShowAnnouncement(id: request.parameter("id")))
        guard view.person.writesAnnouncements, view.announcement.state == .draft else {
            throw .conflict("What was published is not written anew.", hint: "Move or cancel it, or write another.", code: "announcement-state")
        }
        return request.html(AnnouncementFormPage.edit(request.frame("Write \(view.announcement.title)", .announcements, request.viewer(view.person)), view, entered: entered), status: status)
    }
}
