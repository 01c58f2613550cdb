// Who may change whose access. Pure: what it judges was read in the transaction that acts on it, so two requests at once cannot both be right.
import Control
import Wire

enum PeopleRules {
    /// - Parameters:
    ///   - caller: as stored now; it may have been lowered or suspended since the gate.
    ///   - others: administrators besides the target who can sign in.
    static func check(caller: PersonRow?, target: PersonRow, role: PersonRole? = nil, suspended: Bool? = nil, others: Int) throws(Failure) {
        guard let caller, caller.role == .administrator, caller.suspended == nil else {
            throw .forbidden("You are no administrator any more.", hint: "Ask another administrator of your organisation.")
        }
        if let role, role.isStaff {
            throw .unacceptable([.init(field: "role", reason: "\(role.rawValue) is a role of Fitech's own staff.", hint: "Use administrator, super-operator, operator or subject.")])
        }
        if suspended == true, caller.id == target.id {
            throw .conflict("Nobody suspends themselves.", hint: "Ask another administrator, or sign out.", code: "own-access")
        }
        let opens = target.role == .administrator && target.suspended == nil && target.password != nil
        let loses = role.map { $0 != .administrator } == true || suspended == true
        if opens, loses, others == 0 {
            throw .conflict("\(target.email) is the last administrator who can sign in.", hint: "Make somebody else administrator first.", code: "last-administrator")
        }
    }
}
