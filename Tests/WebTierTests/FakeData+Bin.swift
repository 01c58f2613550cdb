// What the pretended data node answers about the recycle bin and scheduled exports.
import Procedures
import SupportCentre
import Wire

extension FakeData {
    func bin(_ name: String, _ body: [UInt8]) throws(Failure) -> [UInt8]? {
        var item = BinItem()
        (item.id, item.key, item.title, item.by, item.reason) = ("b1", "7", Self.nasty, "support", Self.nasty)
        switch name {
        case ListBin.name:
            var answer = ListBin.Answer()
            (answer.items, answer.next, answer.days, answer.person) = ([item], "4", 30, Self.support)
            return CompactCodec.encode(answer)
        case DeleteTicket.name:
            guard !(try CompactCodec.decode(DeleteTicket.self, from: body).reason.isEmpty) else {
                throw Failure.unacceptable([.init(field: "reason", reason: "The reason is missing.", hint: "Fill it in.")])
            }
            return CompactCodec.encode(item)
        case RestoreFromBin.name: return CompactCodec.encode(item)
        case RemoveFromBin.name, DeletePost.name, UnscheduleExports.name: return CompactCodec.encode(Done())
        case ScheduleExports.name:
            let call = try CompactCodec.decode(ScheduleExports.self, from: body)
            guard call.at == "02:00" else { throw Failure.unacceptable([.init(field: "at", reason: "It is no time of day.", hint: "Write it like 02:00.")]) }
            var schedule = ExportSchedule()
            (schedule.every, schedule.at, schedule.address, schedule.publicKey) = (call.every, call.at, call.address, "ecdsa-sha2-nistp256 AAAA fitech")
            return CompactCodec.encode(schedule)
        default: return nil
        }
    }
}
