// The table of everything the control socket offers.
import Control
import Wire


extension Action {
    static let all: [Action] = [
        // The fleet.
        Action(name: "status", isRead: true) { supervisor, _, _ throws(Failure) in await supervisor.status() },
        Action(name: "fleet", isRead: true) { supervisor, _, _ throws(Failure) in await supervisor.fleet.json },
        Action(name: "version", isRead: true) { supervisor, _, _ throws(Failure) in await supervisor.version() },
        Action(name: "clone-node") { supervisor, arguments, progress throws(Failure) in try await supervisor.cloneNode(arguments, progress) },
        Action(name: "drain") { supervisor, arguments, progress throws(Failure) in try await supervisor.drain(arguments, progress) },
        Action(name: "undrain") { supervisor, arguments, _ throws(Failure) in try await supervisor.undrain(arguments) },
        Action(name: "remove-node") { supervisor, arguments, progress throws(Failure) in try await supervisor.removeNode(arguments, progress) },
        Action(name: "stop") { supervisor, arguments, progress throws(Failure) in try await supervisor.stopNode(arguments, progress) },
        Action(name: "upgrade") { supervisor, arguments, progress throws(Failure) in try await supervisor.upgrade(arguments, progress) },
        Action(name: "start") { supervisor, arguments, progress throws(Failure) in try await supervisor.startNode(arguments, progress) },
        // The data.
        Action(name: "promote") { supervisor, arguments, progress throws(Failure) in try await supervisor.promote(arguments, progress) },
        Action(name: "backup/now") { supervisor, arguments, progress throws(Failure) in try await supervisor.backupNow(arguments, progress) },
        Action(name: "backup/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.backupList(arguments) },
        Action(name: "restore") { supervisor, arguments, progress throws(Failure) in try await supervisor.restore(arguments, progress) },
        Action(name: "customer/add") { supervisor, arguments, _ throws(Failure) in try await supervisor.addCustomer(arguments) },
        Action(name: "customer/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.listCustomers(arguments) },
        Action(name: "customer/import") { supervisor, arguments, progress throws(Failure) in try await supervisor.importForCustomer(arguments, progress) },
        Action(name: "customer/export") { supervisor, arguments, progress throws(Failure) in try await supervisor.exportCustomer(arguments, progress) },
        Action(name: "customer/import-export") { supervisor, arguments, progress throws(Failure) in try await supervisor.importCustomer(arguments, progress) },
        Action(name: "user/add") { supervisor, arguments, _ throws(Failure) in try await supervisor.addUser(arguments) },
        Action(name: "user/reset-two-step") { supervisor, arguments, _ throws(Failure) in try await supervisor.resetTwoStep(arguments) },
        Action(name: "token/create") { supervisor, arguments, _ throws(Failure) in try await supervisor.createToken(arguments) },
        Action(name: "audit/verify") { supervisor, arguments, progress throws(Failure) in try await supervisor.verifyAudit(arguments, progress) },
        // Certificates for browsers.
        Action(name: "certificate/request") { supervisor, arguments, _ throws(Failure) in try await supervisor.requestCertificate(arguments) },
        Action(name: "certificate/install") { supervisor, arguments, _ throws(Failure) in try await supervisor.installCertificate(arguments) },
        Action(name: "certificate/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.listCertificates(arguments) },
        // The watch.
        Action(name: "technician/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.listTechnicians(arguments) },
        Action(name: "technician/add") { supervisor, arguments, _ throws(Failure) in try await supervisor.addTechnician(arguments) },
        Action(name: "technician/test") { supervisor, arguments, progress throws(Failure) in try await supervisor.testTechnician(arguments, progress) },
        Action(name: "on-call", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.onCall(arguments) },
        Action(name: "incident/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.listIncidents(arguments) },
        Action(name: "maintenance/list", isRead: true) { supervisor, arguments, _ throws(Failure) in try await supervisor.listMaintenance(arguments) },
        Action(name: "maintenance/add") { supervisor, arguments, _ throws(Failure) in try await supervisor.addMaintenance(arguments) },
        Action(name: "maintenance/cancel") { supervisor, arguments, _ throws(Failure) in try await supervisor.cancelMaintenance(arguments) },
        Action(name: "incident/ack") { supervisor, arguments, _ throws(Failure) in try await supervisor.acknowledgeIncident(arguments) },
    ]
}
