// How routes answer: pages with their security fields, redirects with a word of what happened.
import Control
import Engine
import Pages
import Procedures
import Wire

/// What just happened, said on the next page. Travels as a code in a short-lived cookie: no state, and no text of anybody else's.
enum NoticeCode: String, CaseIterable {
    case signedIn = "signed-in", subjectAdded = "subject-added", subjectSaved = "subject-saved", assessmentSaved = "assessment-saved"
    case ticketOpened = "ticket-opened", replySent = "reply-sent", ticketClosed = "ticket-closed", ticketReopened = "ticket-reopened", ticketChanged = "ticket-changed", noteKept = "note-kept"
    case ticketsMerged = "tickets-merged", mergeUndone = "merge-undone", ticketSplit = "ticket-split", draftKept = "draft-kept", fileRemoved = "file-removed"
    case ticketMine = "ticket-mine", ticketWatched = "ticket-watched", ticketUnwatched = "ticket-unwatched"
    case cannedReplySaved = "canned-reply-saved", cannedReplyRemoved = "canned-reply-removed", viewSaved = "view-saved", viewRemoved = "view-removed"
    case ticketDeleted = "ticket-deleted", postDeleted = "post-deleted", broughtBack = "brought-back", removedForGood = "removed-for-good"
    case passwordSet = "password-set", passwordChanged = "password-changed", preferencesSaved = "preferences-saved", invited
    case changeSaved = "change-saved", changeSubmitted = "change-submitted", changeMoved = "change-moved", voteKept = "vote-kept"
    case quoteOffered = "quote-offered", quoteWithdrawn = "quote-withdrawn", quoteAnswered = "quote-answered"
    case announcementSaved = "announcement-saved", announcementPublished = "announcement-published", announcementTold = "announcement-told"
    case announcementRead = "announcement-read", draftDiscarded = "draft-discarded"
    case postSaved = "post-saved", commentShown = "comment-shown", commentWaits = "comment-waits", commentSaved = "comment-saved"
    case commentWithdrawn = "comment-withdrawn", commentFlagged = "comment-flagged", commentDecided = "comment-decided"
    case webhookSaved = "webhook-saved", webhookTried = "webhook-tried", webhookRepeated = "webhook-repeated", webhookRemoved = "webhook-removed"
    case exportAsked = "export-asked", exportEnded = "export-ended", exportsScheduled = "exports-scheduled", exportsUnscheduled = "exports-unscheduled", mailsTriedAgain = "mails-tried-again"
    case personChanged = "person-changed", personSuspended = "person-suspended", personReactivated = "person-reactivated", invitationWithdrawn = "invitation-withdrawn"
    case sessionEnded = "session-ended", sessionsEnded = "sessions-ended", tokenRevoked = "token-revoked"
    case twoStepOff = "two-step-off", twoStepReset = "two-step-reset", policyKept = "policy-kept", passkeyAdded = "passkey-added", passkeyRenamed = "passkey-renamed", passkeyRemoved = "passkey-removed", confirmed, subjectErased = "subject-erased"

    var notice: Notice {
        switch self {
        case .signedIn: Notice(.good, "Welcome back.")
        case .subjectAdded: Notice(.good, "The subject is added. Assess it now, or any time.")
        case .subjectSaved: Notice(.good, "The subject is saved.")
        case .assessmentSaved: Notice(.good, "The assessment is saved and classified.")
        case .ticketOpened: Notice(.good, "The ticket is open. Support answers here and by mail.")
        case .replySent: Notice(.good, "Sent.")
        case .ticketClosed: Notice(.good, "The ticket is closed. It can be reopened later.")
        case .ticketChanged: Notice(.good, "The ticket is changed.")
        case .ticketsMerged: Notice(.good, "The tickets are merged; both numbers lead here.")
        case .mergeUndone: Notice(.good, "The merge is undone; this ticket has its own conversation again.")
        case .ticketSplit: Notice(.good, "This is the new ticket; the messages stay in the other as well.")
        case .fileRemoved: Notice(.good, "The file is gone.")
        case .draftKept: Notice(.good, "The draft is kept. It is here when you come back.")
        case .noteKept: Notice(.good, "The note is kept; only staff see it.")
        case .ticketReopened: Notice(.good, "The ticket is open again.")
        case .ticketMine: Notice(.good, "The ticket is yours.")
        case .ticketWatched: Notice(.good, "You watch this ticket: you get a mail when the customer writes or somebody is given it.")
        case .ticketUnwatched: Notice(.good, "You no longer watch this ticket.")
        case .cannedReplySaved: Notice(.good, "The canned reply is saved. It can be put into answers from now on.")
        case .cannedReplyRemoved: Notice(.good, "The canned reply is in the recycle bin. Answers it was put into stay as they are.")
        case .viewSaved: Notice(.good, "The view is kept; its link stands above the queue.")
        case .viewRemoved: Notice(.good, "The view is in the recycle bin. No ticket has changed.")
        case .ticketDeleted: Notice(.good, "The ticket is in the recycle bin.")
        case .postDeleted: Notice(.good, "The post is in the recycle bin, with its comments.")
        case .broughtBack: Notice(.good, "It is back, as it was.")
        case .removedForGood: Notice(.good, "It is gone for good.")
        case .exportsScheduled: Notice(.good, "The schedule is set. Every administrator is told of it by mail.")
        case .exportsUnscheduled: Notice(.good, "The schedule is ended. Exports that are here stay.")
        case .mailsTriedAgain: Notice(.good, "The mails that failed are tried again now.")
        case .passwordSet: Notice(.good, "The password is set. Sign in with it.")
        case .passwordChanged: Notice(.good, "The password is changed; every other device has to sign in again.")
        case .preferencesSaved: Notice(.good, "Saved.")
        case .invited: Notice(.good, "The invitation is on its way.")
        case .changeSaved: Notice(.good, "The change is saved.")
        case .changeSubmitted: Notice(.good, "The change is submitted. Support assesses it next.")
        case .changeMoved: Notice(.good, "Done. What may come next is below.")
        case .voteKept: Notice(.good, "Your vote is kept.")
        case .quoteOffered: Notice(.good, "The quote is offered; the customer is told by mail.")
        case .quoteWithdrawn: Notice(.good, "The quote is withdrawn.")
        case .quoteAnswered: Notice(.good, "Thank you: support has your answer.")
        case .personChanged: Notice(.good, "Saved. It counts from the next thing they do.")
        case .personSuspended: Notice(.good, "Suspended. Sessions and API tokens have ended.")
        case .personReactivated: Notice(.good, "They may sign in again.")
        case .invitationWithdrawn: Notice(.good, "The invitation is withdrawn; its link opens nothing.")
        case .sessionEnded: Notice(.good, "That device is signed out.")
        case .sessionsEnded: Notice(.good, "Every other device is signed out.")
        case .tokenRevoked: Notice(.good, "The token is revoked; programs that use it are refused from now on.")
        case .twoStepOff: Notice(.fair, "Two-step sign-in is off. Your password alone opens your account.")
        case .twoStepReset: Notice(.good, "Two-step sign-in is reset. They are signed out and were told by mail.")
        case .passkeyAdded: Notice(.good, "The passkey is there. Sign in by it from now on.")
        case .passkeyRenamed: Notice(.good, "Saved.")
        case .passkeyRemoved: Notice(.good, "The passkey is removed; it opens nothing any more.")
        case .policyKept: Notice(.good, "Saved. It counts from now on.")
        case .subjectErased: Notice(.good, "The subject is erased.")
        case .confirmed: Notice(.good, "Thank you. Please go on with what you wanted to do.")
        case .announcementSaved: Notice(.good, "The draft is saved. Nobody sees it yet.")
        case .announcementPublished: Notice(.good, "Published: its audience finds it on every page, and mails are on their way.")
        case .announcementTold: Notice(.good, "Done. Everybody it was announced to is told again.")
        case .announcementRead: Notice(.good, "Thank you. It is kept that you have read it.")
        case .draftDiscarded: Notice(.good, "The draft is discarded.")
        case .postSaved: Notice(.good, "The post is saved.")
        case .commentShown: Notice(.good, "Your comment is there.")
        case .commentWaits: Notice(.good, "Thank you. Support looks at your comment; then others see it.")
        case .commentSaved: Notice(.good, "Your comment is changed.")
        case .commentWithdrawn: Notice(.good, "Your comment is gone.")
        case .commentFlagged: Notice(.good, "Thank you: support looks at it.")
        case .commentDecided: Notice(.good, "Done.")
        case .webhookSaved: Notice(.good, "The webhook is saved.")
        case .webhookTried: Notice(.good, "A ping is on its way; look below in a few seconds.")
        case .webhookRepeated: Notice(.good, "They are on their way again.")
        case .webhookRemoved: Notice(.good, "The webhook is gone.")
        case .exportAsked: Notice(.good, "The export is on its way. You get a mail when it is ready.")
        case .exportEnded: Notice(.good, "The export has ended; its file and its links are gone.")
        }
    }
}

extension WebRequest {
    /// Adds what every frame has: theme, notice, request id, form token.
    func complete(_ frame: Frame) -> Frame {
        var frame = frame
        frame.theme = cookies[Self.themeCookie].flatMap(Theme.init) ?? .auto
        frame.requestID = requestID
        frame.here = exchange.head.method == .post ? "/" : exchange.head.target
        if frame.viewer?.person.role.isStaff == true { frame.work = Frame.Work(questions: questions, time: .now - began) }
        if frame.viewer == nil { frame.formToken = formToken }
        if frame.notice == nil, let code = cookies[Self.noticeCookie].flatMap(NoticeCode.init) {
            frame.notice = code.notice
            setCookies.append(.removing(Self.noticeCookie))
        }
        return frame
    }

    /// A frame for a signed-in person's page.
    func frame(_ title: String, _ section: Section?, _ viewer: Viewer?) -> Frame {
        complete(Frame(title: title, section: section, viewer: viewer))
    }

    func html(_ page: HTML, status: Int = 200) -> HTTPResponse { .html(page.bytes, status: HTTPStatus(status)) }

    /// To another page of ours, with a word of what happened.
    func redirect(_ path: String, notice: NoticeCode? = nil) -> HTTPResponse {
        if let notice { setCookies.append(SetCookie(name: Self.noticeCookie, value: notice.rawValue, maxAge: 60)) }
        return .redirect(path)
    }

    /// Signing in comes first; afterwards back to where the person wanted to go. A session that is no good any more is dropped.
    func sendToSignIn(afterForm: Bool = false) -> HTTPResponse {
        if session != nil { setCookies.append(.removing(Self.sessionCookie)) }
        let wanted = afterForm || exchange.head.target == "/" ? "" : "?next=\(PercentCoding.encode(exchange.head.target))"
        return .redirect("/sign-in\(wanted)")
    }

    /// With cookies and the fields that keep the page safe.
    func finished(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        if let style = BrandStyle.of(branding) { response.fields.set("Content-Security-Policy", Assets.contentSecurityPolicy(also: style.hash)) }
        response = secured(response, html: true)
        for cookie in setCookies { response.fields.add("Set-Cookie", cookie.text) }
        return response
    }

    func secured(_ response: HTTPResponse, html: Bool) -> HTTPResponse {
        var response = response
        for (name, value) in html ? Self.pageFields : Self.dataFields where !response.fields.contains(name) { response.fields.add(name, value) }
        return response
    }

    /// Fields of every page (OWASP Secure Headers). HSTS is the balancer's, which knows whether it speaks TLS.
    static let pageFields: [(String, String)] = [
        ("Content-Security-Policy", Assets.contentSecurityPolicy()),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]

    static let dataFields: [(String, String)] = [
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]
}

/// Where a person may be sent after signing in: a path of ours and nothing else.
enum LocalPath {
    /// The path itself, or "/" when it could lead anywhere else (another scheme or host, `//host`, `/\host`, control characters).
    static func safe(_ path: String?) -> String {
        guard let path, path.utf8.count <= 2000, path.utf8.first == UInt8(ascii: "/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return path
    }
}

extension Failure {
    /// What a person can mend in the form at hand.
    var belongsToForm: Bool { whose == .client && [400, 409, 422, 429].contains(status) }
}
