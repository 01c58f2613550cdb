// The four times of an announcement: of the work, and of the banner on every page.
import Wire

package struct AnnouncementTimes: Sendable, Equatable {
    package var starts: Timestamp?
    package var ends: Timestamp?
    /// Nil for as soon as it is published.
    package var bannerStarts: Timestamp?
    /// Nil for as long as the work lasts, or some days where there is none.
    package var bannerEnds: Timestamp?
    package init(starts: Timestamp? = nil, ends: Timestamp? = nil, bannerStarts: Timestamp? = nil, bannerEnds: Timestamp? = nil) {
        (self.starts, self.ends, self.bannerStarts, self.bannerEnds) = (starts, ends, bannerStarts, bannerEnds)
    }

    /// When the banner is shown to who has not acknowledged it, end not included.
    package func banner(published: Timestamp, _ policy: AnnouncementPolicy) -> Range<Timestamp> {
        let since = bannerStarts ?? published
        let until = bannerEnds ?? ends ?? published.adding(.seconds(policy.bannerDays * 86_400))
        return since..<max(since, until)
    }

    package func phase(at now: Timestamp) -> AnnouncementPhase {
        if let ends, ends <= now { return .over }
        if let starts, starts > now { return .coming }
        return starts == nil && ends == nil ? .coming : .running
    }

    /// The same with the work at another time. A banner that would have ended before the new end goes on until then.
    package func moved(to window: ChangeWindow) -> AnnouncementTimes {
        var times = self
        (times.starts, times.ends) = (window.starts, window.ends)
        if let end = bannerEnds, end < window.ends { times.bannerEnds = nil }
        if let start = bannerStarts, start > window.starts { times.bannerStarts = nil }
        return times
    }
}
