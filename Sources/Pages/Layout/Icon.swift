// The icons, drawn for this product on a 24 by 24 grid with one stroke width.

package enum Icon: Sendable {
    case home, people, tickets, report, account, status, upload, plus, search, pulse, phone, sun, check, warning, info, arrow, inbox, download, exit, audit, announce, key

    /// Decorative by default: the words beside an icon carry the meaning.
    package var html: HTML {
        "<svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\"><path d=\"\(HTML(constant: path))\"/></svg>"
    }

    private var path: StaticString {
        switch self {
        case .home: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"
        case .people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18.5 14.3A6.5 6.5 0 0 1 21.5 20"
        case .tickets: "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-9l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9.5h8M8 13h5"
        case .report: "M4 20h16M7 16v-4M12 16V6M17 16V9"
        case .account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0"
        case .status: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 12.2l2.4 2.4 4.6-5"
        case .upload: "M12 16V4M7 9l5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3"
        case .download: "M12 4v12M7 11l5 5 5-5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3"
        case .plus: "M12 5v14M5 12h14"
        case .search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4"
        case .pulse: "M3 12h4l2.5-7 5 14 2.5-7h4"
        case .phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2"
        case .sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4"
        case .check: "M5 12.5l4.5 4.5L19 7.5"
        case .warning: "M12 4l9 16H3zM12 10v4M12 17v.01"
        case .info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01"
        case .arrow: "M5 12h14M13 6l6 6-6 6"
        case .inbox: "M4 13l3-8h10l3 8v6a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM4 13h5l1.5 3h3L15 13h5"
        case .audit: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h7M9 9h2"
        case .announce: "M4 10v4a1 1 0 0 0 1 1h2.5L15 19V5L7.5 9H5a1 1 0 0 0-1 1zM18 9a4.5 4.5 0 0 1 0 6M8 15v4.5h2.5V17"
        case .key: "M8 20a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM11.6 11.4L19.5 3.5M15 8l3 3M18 5l2.5 2.5"
        case .exit: "M14 4h5a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-5M10 8l-4 4 4 4M6 12h10"
        }
    }

    /// The mark: a pulse in a rounded square.
    static let mark: HTML = """
        <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#0d8391"/><path d="M5 17h5l3-8 6 15 3-7h5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>
        """

    static let favicon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0d8391"/><path d="M5 17h5l3-8 6 15 3-7h5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>
        """
}
