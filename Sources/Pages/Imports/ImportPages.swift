// Importing subjects from a file: the form, and the report line by line.
import Procedures
import Wire

package enum ImportPages {
    package static func form(_ frame: Frame, recent: [ImportReport], entered: Entered = .nothing) -> HTML {
        let earlier = recent.map { report -> HTML in
            "<li><span class=\"grow\"><a href=\"/imports/\(segment: report.id)\">\(report.fileName.isEmpty ? "Import" : report.fileName)</a><br><span class=\"note\">\(.time(report.imported)) · \(Show.count(report.accepted)) taken in, \(Show.count(report.refused)) not</span></span>\(mark(report))</li>"
        }
        let side: HTML = earlier.isEmpty ? .empty : Component.card("Earlier imports", link: ExportMenu.html(.init("imports")), flush: true, "<ul class=\"list\">\(earlier)</ul>")
        return Layout.page(frame, """
            \(Component.header("Import subjects", lead: "From a CSV file: people, and their measurements where there are any."))\(entered.summary)
            <div class="split"><div class="stack">\(Component.card(nil, """
            <form class="form" method="post" action="/imports/new" enctype="multipart/form-data">\(frame.token)
            \(FormField("file", "CSV file", .file(accept: ".csv,text/csv"), hint: "The first line names the columns. Up to 16 MB, in UTF-8.").filled(entered))
            \(RadioChoice.group("bad", legend: "When a line is faulty", [
                RadioChoice(value: "refuse", name: "Take in nothing", text: "You see every fault and send the file again."),
                RadioChoice(value: "skip", name: "Leave that line out", text: "All good lines are taken in; the others are listed."),
            ], chosen: entered.form["bad"] ?? "refuse"))
            <div class="actions">\(Component.button("Import", icon: .upload))</div></form>
            """ as HTML))</div><div class="stack">\(guide)\(side)</div></div>
            """)
    }

    private static let guide = Component.card("What the file may hold", """
        <p class="note">A column named <code>reference</code> is needed. Known as well: <code>name</code>, <code>sex</code>, <code>born</code> or <code>age</code>, <code>group</code>, <code>taken</code>, and every measure with its unit, like <code>weight_kg</code>, <code>waist_in</code>, <code>glucose_mg_dl</code>.</p>
        <p class="note">A column nobody knows becomes a measure of your own. Nothing is dropped without a word.</p>
        """)

    package static func report(_ frame: Frame, _ report: ImportReport) -> HTML {
        let done = report.state == .done
        let verdict: HTML = done
            ? Component.banner(report.refused == 0 ? .good : .fair, "<h2>\(Show.count(report.accepted, "line", "lines")) taken in\(report.refused == 0 ? "" : ", \(Show.count(report.refused)) left out")</h2>")
            : Component.banner(.poor, "<h2>Nothing was taken in</h2><p>\(Show.count(report.refused, "line has", "lines have")) faults. Correct them and send the file again, or choose to leave faulty lines out.</p>")
        let notes: HTML = report.notes.isEmpty ? .empty : Component.card("What was assumed", "<ul>\(report.notes.map { "<li>\($0)</li>" as HTML })</ul>")
        let rows = report.lines.prefix(1000).map { line -> [HTML] in
            ["<b class=\"nowrap\">Line \(line.line)</b>", "<code>\(line.field)</code>", HTML(line.reason.sentence), HTML(line.hint.sentence)]
        }
        let rest: HTML = report.lines.count > 1000 ? "<p class=\"note\">The first 1,000 of \(Show.count(report.lines.count)) entries.</p>" : .empty
        let lines: HTML = rows.isEmpty ? .empty : Component.card("Line by line", flush: true, "\(Component.table(caption: "Faults and remarks by line", columns: [.init("Line"), .init("Column"), .init("What is wrong"), .init("What to do")], rows: rows))\(rest)")
        let actions = done ? [Component.link("Another file", to: "/imports/new"), Component.link("To the subjects", to: "/subjects", style: "primary")] : [Component.link("Send the file again", to: "/imports/new", style: "primary")]
        return Layout.page(frame, """
            \(Component.crumbs([("Import", "/imports/new")], here: "Report"))\(Component.header(report.fileName.isEmpty ? "Import report" : report.fileName, lead: .time(report.imported), actions: actions))
            \(verdict)\(Component.stats([("Taken in", Show.count(report.accepted), .empty), ("Not taken in", Show.count(report.refused), .empty)]))\(lines)\(notes)
            """)
    }

    private static func mark(_ report: ImportReport) -> HTML {
        report.state == .refused ? Component.badge("Refused", .poor) : report.refused > 0 ? Component.badge("In part", .fair) : Component.badge("Done", .good)
    }
}
