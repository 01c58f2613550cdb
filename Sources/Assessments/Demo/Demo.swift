// What `--demo` puts into an empty portal: two customers with published measurements, a few people, tickets and changes.
import Digests

/// The content of the demo. The measurements are real and only grouped; the people and their tickets are made up.
package struct Demo: Sendable {
    package struct Customer: Sendable {
        /// The short name, like `clinic`.
        package let name: String
        package let displayName: String
        package let fileName: String
        /// Subjects and measurements, as `customers.import` takes them.
        package let csv: [UInt8]
    }

    package struct Person: Sendable {
        /// Nil for staff.
        package let customer: String?
        package let email: String
        package let name: String
        /// A person role as the configuration spells it, like `super-operator`.
        package let role: String
        /// Made anew by every `make`; known to demo.json alone.
        package let password: String
    }

    package struct Reply: Sendable {
        package let by: String
        package let body: String
        package let closes: Bool
        /// A note among staff.
        package var isNote = false
    }

    package struct Ticket: Sendable {
        /// The e-mail of the customer's person who opens it.
        package let by: String
        package let title: String
        package let body: String
        /// low, normal, high or urgent.
        package let priority: String
        package let replies: [Reply]
        /// The e-mail of the staff person whose ticket it is.
        package var assignee: String?
        package var category = ""
        /// What it waits for, if it is on hold.
        package var hold: String?
    }

    package struct Announcement: Sendable {
        /// upgrade, maintenance, incident or news.
        package let kind: String
        package let title: String
        package let body: String
        /// One customer only.
        package var customer: String?
        /// Days until the work begins, and its hours; nil for none.
        package var inDays: Int?
        package var hours = 2
        /// Who has read and acknowledged it.
        package var acknowledgedBy: [String] = []
        /// Moved so many days later, and why.
        package var moved: (days: Int, why: String)?
    }

    package let customers: [Customer]
    /// First the administrator of the clinic; a support person is among them.
    package let people: [Person]
    /// Those who cannot sign in: invited and not come yet, or suspended.
    package let invited: [Person]
    package let suspended: [Person]
    package let tickets: [Ticket]
    package let changes: [Change]
    /// Written and published by a support person, in this order.
    package let announcements: [Announcement]
    package let announcer: String

    /// The demo with fresh passwords.
    package static func make() -> Demo {
        func person(_ customer: String?, _ email: String, _ name: String, _ role: String) -> Person {
            Person(customer: customer, email: email, name: name, role: role, password: RandomBytes.token(bytes: 12))
        }
        return Demo(
            customers: [
                Customer(name: "clinic", displayName: "Riverside Clinic", fileName: "clinic-442.csv", csv: DemoMeasurements.clinicByAge),
                Customer(name: "club", displayName: "Harbour Fitness Club", fileName: "fitness-club-20.csv", csv: DemoMeasurements.club),
            ],
            people: [
                person("clinic", clinicAdministrator, "Ruth Calder", "administrator"),
                person("clinic", clinicOperator, "Tomas Lind", "operator"),
                person("club", clubAdministrator, "Joan Okafor", "administrator"),
                person(nil, support, "Sam Whitlock", "support"),
                person(nil, operations, "Mei Tan", "operations"),
            ],
            invited: [person("clinic", "priya@clinic.example", "Priya Nair", "super-operator")],
            suspended: [person("clinic", "oliver@clinic.example", "Oliver Stone", "operator")],
            tickets: tickets, changes: changes(clinic: clinicAdministrator, club: clubAdministrator, support: support, operations: operations),
            announcements: announcements, announcer: support)
    }

    private static let clinicAdministrator = "ruth@clinic.example"
    private static let clinicOperator = "tomas@clinic.example"
    private static let clubAdministrator = "joan@club.example"
    private static let support = "sam@fitech.example"
    private static let operations = "operations@fitech.example"

    private static let announcements = [
        Announcement(
            kind: "news", title: "Support is open until 17:30", body: "From today the telephone is answered half an hour longer, Monday to Friday from 09:00 to 17:30 in London.\n\nThe hours and the number are on your tickets page; urgent tickets are looked at around the clock.",
            acknowledgedBy: [clinicAdministrator, clinicOperator, clubAdministrator, support]),
        Announcement(
            kind: "maintenance", title: "A new disk for your restore points",
            body: "The node that keeps the hourly restore points of Riverside Clinic gets a larger disk. Nothing of yours is interrupted; exports wait until it is back.", customer: "clinic", inDays: 4,
            hours: 1, acknowledgedBy: [clinicAdministrator], moved: (2, "The disk arrives two days later than it was promised.")),
        Announcement(
            kind: "upgrade", title: "Release 5: body fat from skinfolds",
            body: "Four skinfolds become a body fat figure, with the equation and its source beside it.\n\nYour portal stays up: it is upgraded node by node, and nobody has to sign in again. Imports may name the columns skinfold_biceps, skinfold_triceps, skinfold_subscapular and skinfold_suprailiac from then on.\n\nThere is nothing you have to do.", inDays: 21,
            acknowledgedBy: [clinicOperator]),
    ]

    /// What the community reads, oldest first.
    package struct Post: Sendable {
        package let title: String
        package let body: String
        package let tags: String
        /// By whom, under which name, and whether support has let it through.
        package let comments: [(by: String, name: String, body: String, isChecked: Bool)]
    }

    package static let posts = [
        Post(
            title: "Waist, hip and tape: five habits of a good measurement",
            body: """
                Two people measuring the same waist often differ by **two or three centimetres**. Most of it goes away with five habits:

                1. Measure half way between the lowest rib and the top of the hip bone.
                2. Let the subject stand, feet together, arms at the sides.
                3. Read at the end of a normal breath *out*.
                4. Keep the tape level all the way round; look from the side.
                5. Measure twice. If the two differ by more than a centimetre, measure a third time and keep the middle one.

                > The category is only as good as the tape.

                | What | Where the tape goes |
                |---|---|
                | Waist | half way between rib and hip bone |
                | Hip | widest part of the buttocks |
                """,
            tags: "measures advice",
            comments: [
                (by: clubAdministrator, name: "Harbour Joan", body: "We put a mark on the wall at navel height, so that everybody looks from the same side. It helped more than we thought.", isChecked: true),
                (by: clinicOperator, name: "Evening Team", body: "Does the third measurement also count when the first two agree?", isChecked: false),
            ]),
        Post(
            title: "What the colours of a category say, and what they do not",
            body: """
                Green, amber and red come from *published* bands, and the source stands beside every value. They say where a value lies, not what to do about it.

                - **No colour** means that the band could not be verified, or that something was missing, such as whether the blood was taken fasting.
                - A report shows no group smaller than ten people, so a colour never points at a person.

                Questions about a value? Open a [ticket](/tickets/new).
                """,
            tags: "categories advice", comments: []),
    ]

    private static let tickets = [
        Ticket(
            by: clinicOperator, title: "Glucose shows no category for some patients",
            body: "Patient C0001 has a category for glucose, others with higher values have none. Is something missing in our file?", priority: "normal",
            replies: [
                Reply(by: support, body: "Between 5.5 and 11.0 mmol/L the published bands differ for blood taken fasting and not fasting, and the file does not say which it was. Enter \"Blood taken fasting\" with the assessment, or add a column \"fasting\" with yes or no, and the category appears.", closes: false),
            ]),
        Ticket(
            by: clubAdministrator, title: "Scales read in pounds",
            body: "Our scales show pounds and our tapes inches. Do we have to convert before we import?", priority: "low",
            replies: [
                Reply(by: support, body: "No: name the columns weight_lb and waist_in. They are stored in kilograms and centimetres, and each of you sees the units chosen under preferences.", closes: false),
                Reply(by: clubAdministrator, body: "That worked, thank you.", closes: true),
            ]),
        Ticket(
            by: clinicAdministrator, title: "A second operator for the evening team",
            body: "From next month two people will measure in the evenings. How do I give the new colleague access?", priority: "high", replies: [
                Reply(by: support, body: "Ruth is the only administrator there; offer her the telephone if she asks again.", closes: false, isNote: true),
            ], assignee: support, category: "people"),
        Ticket(
            by: clubAdministrator, title: "Body fat from skinfolds",
            body: "We take four skinfolds of every member. Is a body fat figure from them planned?", priority: "low", replies: [
                Reply(by: support, body: "Yes. The published equations are being checked against their sources; you will see the figure with the next upgrade.", closes: false),
            ], assignee: support, category: "measures", hold: "The next upgrade"),
    ]
}
