/// One API of the protocol: its number, the versions served, and its handler.
///
/// ApiVersions advertises exactly this table, so what is not implemented is not advertised.
struct API: Sendable {
    typealias Handler = @Sendable (isolated Node, Request, inout WireWriter) async throws -> Void

    let key: Int16
    let name: String
    let versions: ClosedRange<Int16>
    /// From this version on requests and responses are in the compact form with tagged fields.
    let flexibleFrom: Int16
    let handle: Handler

    init(
        _ key: Int16,
        _ name: String,
        _ versions: ClosedRange<Int16>,
        flexibleFrom: Int16 = .max,
        _ handle: @escaping Handler
    ) {
        self.key = key
        self.name = name
        self.versions = versions
        self.flexibleFrom = flexibleFrom
        self.handle = handle
    }

    func isFlexible(_ version: Int16) -> Bool { version >= flexibleFrom }

    static let all: [API] = [
        API(0, "Produce", 3...9, flexibleFrom: 9) { try $0.produce($1, &$2) },
        API(1, "Fetch", 4...12, flexibleFrom: 12) { try await $0.fetch($1, &$2) },
        API(2, "ListOffsets", 1...7, flexibleFrom: 6) { try $0.listOffsets($1, &$2) },
        API(3, "Metadata", 0...9, flexibleFrom: 9) { try $0.metadata($1, &$2) },
        API(8, "OffsetCommit", 2...8, flexibleFrom: 8) { try $0.offsetCommit($1, &$2) },
        API(9, "OffsetFetch", 1...7, flexibleFrom: 6) { try $0.offsetFetch($1, &$2) },
        API(10, "FindCoordinator", 0...4, flexibleFrom: 3) { try $0.findCoordinator($1, &$2) },
        API(11, "JoinGroup", 0...7, flexibleFrom: 6) { try await $0.joinGroup($1, &$2) },
        API(12, "Heartbeat", 0...4, flexibleFrom: 4) { try $0.heartbeat($1, &$2) },
        API(13, "LeaveGroup", 0...4, flexibleFrom: 4) { try $0.leaveGroup($1, &$2) },
        API(14, "SyncGroup", 0...5, flexibleFrom: 4) { try await $0.syncGroup($1, &$2) },
        API(17, "SaslHandshake", 0...1) { try $0.saslHandshake($1, &$2) },
        API(18, "ApiVersions", 0...3, flexibleFrom: 3) { $0.apiVersions($1, &$2) },
        API(19, "CreateTopics", 2...5, flexibleFrom: 5) { try $0.createTopics($1, &$2) },
        API(20, "DeleteTopics", 1...5, flexibleFrom: 4) { try await $0.deleteTopics($1, &$2) },
        API(15, "DescribeGroups", 0...5, flexibleFrom: 5) { try $0.describeGroups($1, &$2) },
        API(16, "ListGroups", 0...4, flexibleFrom: 3) { try $0.listGroups($1, &$2) },
        API(21, "DeleteRecords", 0...2, flexibleFrom: 2) { try await $0.deleteRecords($1, &$2) },
        API(22, "InitProducerId", 0...4, flexibleFrom: 2) { try $0.initProducerID($1, &$2) },
        API(23, "OffsetForLeaderEpoch", 2...4, flexibleFrom: 4) { try $0.offsetForLeaderEpoch($1, &$2) },
        API(24, "AddPartitionsToTxn", 0...3, flexibleFrom: 3) { try $0.addPartitionsToTxn($1, &$2) },
        API(25, "AddOffsetsToTxn", 0...3, flexibleFrom: 3) { try $0.addOffsetsToTxn($1, &$2) },
        API(26, "EndTxn", 0...3, flexibleFrom: 3) { try $0.endTxn($1, &$2) },
        API(28, "TxnOffsetCommit", 0...3, flexibleFrom: 3) { try $0.txnOffsetCommit($1, &$2) },
        API(32, "DescribeConfigs", 1...4, flexibleFrom: 4) { try $0.describeConfigs($1, &$2) },
        API(33, "AlterConfigs", 0...2, flexibleFrom: 2) { try $0.alterConfigs($1, &$2) },
        API(35, "DescribeLogDirs", 0...4, flexibleFrom: 2) { try $0.describeLogDirs($1, &$2) },
        API(36, "SaslAuthenticate", 0...2, flexibleFrom: 2) { try await $0.saslAuthenticate($1, &$2) },
        API(37, "CreatePartitions", 0...3, flexibleFrom: 2) { try $0.createPartitions($1, &$2) },
        API(42, "DeleteGroups", 0...2, flexibleFrom: 2) { try $0.deleteGroups($1, &$2) },
        API(44, "IncrementalAlterConfigs", 0...1, flexibleFrom: 1) { try $0.incrementalAlterConfigs($1, &$2) },
        API(47, "OffsetDelete", 0...0) { try $0.offsetDelete($1, &$2) },
        API(60, "DescribeCluster", 0...1, flexibleFrom: 0) { try $0.describeCluster($1, &$2) },
    ]

    /// The APIs that a client can use before it logs in: ApiVersions and the login itself.
    static let forStrangers: Set<Int16> = [17, 18, 36]

    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
