// What the configuration says of the community: who looks at comments when, and how much one person may write.
import SupportCentre
import Wire
import Yams

extension Configuration {
    mutating func readCommunity(_ top: ConfigurationSection) {
        guard let section = top.section("community", example: "{moderation: after, comments-per-hour: 10}") else { return }
        if let moderation = section.word("moderation", CommunityPolicy.Moderation.self) { community.moderation = moderation }
        if let minutes = section.integer("edit-minutes", 0...1440, example: "15") { community.editMinutes = minutes }
        if let flags = section.integer("flags-to-hide", 1...1000, example: "3") { community.flagsToHide = flags }
        if let comments = section.integer("comments-per-hour", 1...1000, example: "6") { community.commentsPerHour = comments }
        if let links = section.integer("links-per-comment", 0...100, example: "2") { community.linksPerComment = links }
    }
}
