// Every limit of the data tier by name, with the default of the house.
import Control
import Digests
import Passkeys
import SupportCentre

package struct DataOptions: Sendable {
    /// Threads that write customers' databases; each flush waits on one of them.
    package var writerThreads = 4
    /// Databases each thread keeps open.
    package var openDatabases = 500
    /// A read that takes longer is stopped.
    package var readMilliseconds = 2000
    /// Passwords checked at once (128 MB each), and how many may wait.
    package var passwordThreads = 2
    package var passwordQueue = 64
    /// A session ends after so long without use, and after so long in any case.
    package var sessionIdle = Duration.seconds(12 * 3600)
    package var sessionLife = Duration.seconds(7 * 86_400)
    package var tokenLife = Duration.seconds(365 * 86_400)
    /// API tokens one person may have.
    package var tokensPerPerson = 50
    /// Between the password and the code, and how long a person is not asked again before something sensitive.
    package var signInStepLife = Duration.seconds(900)
    package var confirmLife = Duration.seconds(900)
    /// Passkeys one person may have, and how long a question to one may be answered.
    package var passkeysPerPerson = 20
    package var passkeyQuestionLife = Duration.seconds(300)
    /// The public addresses of the portal; passkeys are bound to their names.
    package var passkeyOrigins = PasskeyOrigins(name: "localhost", publicURL: "https://localhost")
    /// How long a secret for an authenticator app waits for its first code.
    package var enrolmentLife = Duration.seconds(3600)
    /// How long mailed links work.
    package var resetLife = Duration.seconds(3600)
    package var invitationLife = Duration.seconds(7 * 86_400)
    /// Failed sign-ins within the window before the next is refused.
    package var failuresPerEmail = 10
    package var failuresPerAddress = 100
    /// Password mails asked for within the window.
    package var resetsPerEmail = 3
    package var resetsPerAddress = 30
    /// Invitations one customer mails within the window, and how often to the same person.
    package var invitationsPerCustomer = 200
    package var invitationsPerPerson = 3
    package var limitWindow = Duration.seconds(900)
    /// Answers of writes are kept for repeats so long.
    package var answersLife = Duration.seconds(86_400)
    package var passwordMinimum = 12
    /// What a new password hash costs; lower only in tests.
    package var passwordCost = PasswordHash.Cost.shipped
    /// Bytes a procedure's body may have; imports are the largest.
    package var bodyLimit = 64 << 20
    /// Requests of the API one person may make in a minute; nil for any number.
    package var apiRequestsPerMinute: Int?
    /// Webhooks one customer may have.
    package var webhooksPerCustomer = 20
    /// Webhooks may use http, and lead into the house's own network.
    package var webhooksInside = false
    /// Whole lists being gathered at once; the next is asked to come back.
    package var listsAtOnce = 4
    /// Exports of whole customers made at once on the node that keeps restore points.
    package var exportsAtOnce = 1
    /// A finished export can be downloaded so long, and so many of one customer at most: an older one makes way.
    package var exportLife = Duration.seconds(7 * 86_400)
    package var exportsKept = 3
    /// How long a link to an export works, if the export lasts as long.
    package var exportLinkLife = Duration.seconds(86_400)
    /// The largest a customer's database may grow, in pages of 4 KB; nil for as large as the disk.
    package var customerPages: Int?
    /// Periods of restore points kept on this node, of each the newest point.
    package var restorePointsKept = 48
    /// Periods of restore points kept offsite.
    package var offsiteKept = 14
    /// What customers were promised, and the days of the house.
    package var support = Configuration.Support()

    /// When comments are seen, and how many a person may write.
    package var community = CommunityPolicy()

    /// Canned replies of support, all together: the form of an answer offers every one.
    package var cannedReplies = 300
    /// How long what was deleted can be brought back.
    package var binLife = Duration.seconds(30 * 86_400)
    /// Bytes of files a ticket may have in all to be deleted: every byte is copied, in one transaction.
    package var binBytes = 256 << 20
    /// Tickets that are changed in one go.
    package var ticketsAtOnce = 100
    /// People of staff who watch one ticket.
    package var watchersPerTicket = 50
    /// Views of the queue that one person keeps alone, and that are shared.
    package var viewsPerPerson = 30
    package var viewsShared = 30

    /// The votes of the change advisory board.
    package var board = BoardOptions()

    package init() {}
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
