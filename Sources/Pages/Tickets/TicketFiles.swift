// Files of a message: images that are safe are shown small, everything else is a link that saves it.
import Control
import Procedures
import SupportCentre
import Wire

enum TicketFiles {
    static let field: HTML = """
        <div class="field"><label for="f-file">Files <span class="optional">(optional)</span></label><span class="hint" id="h-file">Up to 10 MB together.</span><input type="file" id="f-file" name="file" multiple aria-describedby="h-file"></div>
        """

    static func list(_ files: [Attachment], _ frame: Frame, _ thread: TicketThread) -> HTML {
        guard !files.isEmpty else { return .empty }
        let items = files.map { file -> HTML in
            let path: HTML = "/tickets/\(file.ticket)/attachments/\(segment: file.id)"
            let picture: HTML = FileKind(rawValue: file.type)?.isShownInline == true ? "<a href=\"\(path)?show=1\" aria-label=\"Show \(file.name)\"><img src=\"\(path)?show=1\" alt=\"\" loading=\"lazy\"></a>" : .empty
            let own = thread.person.role.isStaff || (!file.byStaff && file.author == thread.person.name)
            let remove: HTML = own ? "<form method=\"post\" action=\"\(path)/remove\" data-confirm=\"Remove this file for good?\">\(frame.token)<button class=\"linklike\">Remove</button></form>" : .empty
            return "<li>\(picture)<a href=\"\(path)\" download>\(Icon.download.html)\(file.name)</a><span class=\"note\">\(size(file.bytes))</span>\(remove)</li>"
        }
        return "<ul class=\"files\" aria-label=\"Files\">\(items)</ul>"
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) bytes"
        case ..<1_000_000: "\((bytes + 500) / 1000) KB"
        default: "\(bytes / 1_000_000).\(bytes % 1_000_000 / 100_000) MB"
        }
    }
}
