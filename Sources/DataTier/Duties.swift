// What nodes and operations ask of a data node besides procedures.
import Control
import Engine
import Nodes
import Procedures
import Wire

/// One per loop: copies, restore points, promotion and restore over the private listener.
final class Duties {
    let data: DataNode
    let client: HTTPClient

    init(data: DataNode, client: HTTPClient) {
        self.data = data
        self.client = client
    }

    func handle(_ exchange: HTTPExchange, identity: PeerIdentity, certificate: Access.Certificate, room: DataRoom) async {
        await exchange.respond(.problem(.notFound("page on a data node", hint: "Procedures are under /procedures/NAME.")))
    }
}
