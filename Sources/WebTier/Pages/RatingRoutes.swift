// The page of a mailed link on which a customer says how a ticket was dealt with.
import Engine
import Pages
import Procedures
import Wire

extension WebHandler {
    func addRatings() {
        page("/rate/{token}") { request throws(Failure) in
            let chosen = try request.query()["score"].flatMap(TicketRating.Score.init)
            return try await Self.askRating(request, chosen: chosen, .nothing, status: 200)
        }
        form("/rate/{token}") { request, form throws(Failure) in
            do throws(Failure) {
                guard let score = form["score"].flatMap(TicketRating.Score.init) else {
                    throw .unacceptable([.init(field: "score", reason: "Nothing was chosen.", hint: "Press one of the three buttons.")])
                }
                var call = RateTicket()
                (call.token, call.score, call.comment) = (request.parameter("token"), score, form.text("comment") ?? "")
                _ = try await request.call(call)
                return request.html(RatingPage.thanks(request.frame("Thank you", nil, nil)))
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.askRating(request, chosen: nil, Entered(form, error), status: error.status)
            }
        }
    }

    private static func askRating(_ request: WebRequest, chosen: TicketRating.Score?, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        var call = InspectRating()
        call.token = request.parameter("token")
        let about = try await request.call(call)
        return request.html(RatingPage.ask(request.frame("How was it?", nil, nil), token: call.token, about, chosen: chosen, entered: entered), status: status)
    }
}
