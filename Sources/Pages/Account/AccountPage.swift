// A person's own settings: units, zone, password, sessions.
import Control
import Procedures
import Wire

package enum AccountPage {
    static let zones = [
        "Europe/London", "Europe/Dublin", "Europe/Paris", "Europe/Berlin", "Europe/Zurich", "Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Adelaide",
        "Australia/Perth", "Australia/Hobart", "Pacific/Auckland", "America/New_York", "America/Los_Angeles", "Asia/Singapore", "UTC",
    ]

    package static func html(_ frame: Frame, _ person: Person, entered: Entered = .nothing) -> HTML {
        let zones = Self.zones.contains(person.zone) ? Self.zones : [person.zone] + Self.zones
        return Layout.page(frame, """
            \(Component.header("Your account", lead: "\(person.name.isEmpty ? "" : "\(person.name), ")\(person.email)"))\(entered.summary)
            <div class="grid">\(Component.card("How things are shown", """
            <form class="form" method="post" action="/account/preferences">\(frame.token)
            \(RadioChoice.group("units", legend: "Units", [
                RadioChoice(value: "metric", name: "Metric", text: "kilograms and centimetres"), RadioChoice(value: "imperial", name: "Imperial", text: "pounds and inches"),
            ], chosen: person.units.rawValue))
            \(FormField("zone", "Time zone", .choice(zones.map { ($0, $0.replacing("_", with: " ")) }), value: person.zone).filled(entered))
            <div class="actions">\(Component.button("Save"))</div></form>
            """ as HTML))\(Component.card("Password", """
            <form class="form" method="post" action="/account/password">\(frame.token)
            <input class="visually-hidden" type="text" name="username" value="\(person.email)" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
            \(FormField("current", "Present password", .password, autocomplete: "current-password").filled(entered))
            \(FormField("new", "New password", .password, hint: "At least 12 characters.", autocomplete: "new-password").filled(entered))
            \(FormField("again", "The new one again", .password, autocomplete: "new-password").filled(entered))
            <div class="actions">\(Component.button("Change password"))</div></form>
            """ as HTML))\(Component.card("Devices", """
            <p>Signs you out on every device, this one too. Useful after leaving a shared computer.</p>
            <form method="post" action="/sign-out" data-confirm="Sign out on every device, this one too?">\(frame.token)<input type="hidden" name="everywhere" value="yes"><button class="button danger">Sign out everywhere</button></form>
            <form method="post" action="/sign-out">\(frame.token)<button class="button">Sign out here</button></form>
            """ as HTML))</div>
            """)
    }
}
