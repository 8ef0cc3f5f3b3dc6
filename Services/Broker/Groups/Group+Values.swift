/// The inputs, the state and the outputs of a group's state machine.
extension Group {
    enum State: Equatable, Sendable {
        case empty
        /// Waits for every known member to join again, until the deadline.
        case preparingRebalance(deadline: Int64)
        /// The members know the generation; the group waits for the leader's assignment.
        case completingRebalance
        case stable
    }

    struct Member: Sendable {
        let id: String
        let instanceID: String?
        let clientID: String
        let clientHost: String
        var sessionTimeout: Int64
        var rebalanceTimeout: Int64
        /// In the member's order of preference.
        var protocols: [(name: String, metadata: [UInt8])]
        var assignment: [UInt8] = []
        var expires: Int64
        var isJoining = false
        var isSyncing = false
        /// The member has not asked for its assignment in this generation.
        var owesSync = false

        init(_ id: String, _ join: Join, now: Int64) {
            self.id = id
            instanceID = join.instanceID
            clientID = join.clientID
            clientHost = join.clientHost
            sessionTimeout = join.sessionTimeout
            rebalanceTimeout = join.rebalanceTimeout
            protocols = join.protocols
            expires = now + join.sessionTimeout
        }

        func offers(_ others: [(name: String, metadata: [UInt8])]) -> Bool {
            protocols.elementsEqual(others) { $0.name == $1.name && $0.metadata == $1.metadata }
        }

        /// Answers the member's waiting requests with an error.
        func refusals(_ error: ErrorCode) -> [Effect] {
            (isJoining ? [.joined(member: id, Joined(error: error, memberID: id))] : [])
                + (isSyncing ? [.synced(member: id, Synced(error: error))] : [])
        }

        func supports(_ name: String) -> Bool { protocols.contains { $0.name == name } }
    }

    struct Join: Sendable {
        var memberID: String
        var instanceID: String?
        var clientID = ""
        var clientHost = ""
        var sessionTimeout: Int64
        var rebalanceTimeout: Int64
        var protocolType: String
        var protocols: [(name: String, metadata: [UInt8])]
        /// From version 4 on a new member first gets its id and then joins with it: a client that gives up leaves no dead
        /// member behind.
        var requiresMemberID = false
    }

    struct Joined: Sendable {
        var error = ErrorCode.none
        var generation: Int32 = -1
        var protocolName: String?
        var leader = ""
        var memberID: String
        /// Filled for the leader only.
        var members: [(id: String, instanceID: String?, metadata: [UInt8])] = []
    }

    struct Synced: Sendable {
        var error = ErrorCode.none
        var assignment: [UInt8] = []
    }

    enum Effect: Sendable {
        case joined(member: String, Joined)
        case synced(member: String, Synced)
    }
}
