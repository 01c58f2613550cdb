// The first page, and the choice of colours that every page offers.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addHome() {
        page("/") { request throws(Failure) in
            let home = try await request.ask(ShowHome())
            return request.html(HomePage.html(request.frame("Home", .home, request.viewer(home.person)), home))
        }
        form("/preferences") { request, form throws(Failure) in
            let theme = form["theme"].flatMap(Theme.init) ?? .auto
            request.setCookies.append(SetCookie(name: WebRequest.themeCookie, value: theme.rawValue, maxAge: 365 * 86_400))
            return request.redirect(LocalPath.safe(form["next"]))
        }
    }
}
