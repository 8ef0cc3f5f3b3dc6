/// The requests that this broker answers, and in which versions. All but `ApiVersions` are served up to the last version
/// before the flexible encoding: every client of the last years speaks those.
enum API: Int16, CaseIterable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case describeGroups = 15
    case listGroups = 16
    case apiVersions = 18
    case createTopics = 19
    case deleteTopics = 20
    case deleteRecords = 21
    case initProducerID = 22
    case offsetForLeaderEpoch = 23
    case addPartitionsToTxn = 24
    case addOffsetsToTxn = 25
    case endTxn = 26
    case txnOffsetCommit = 28
    case describeConfigs = 32
    case createPartitions = 37
    case deleteGroups = 42

    var versions: ClosedRange<Int16> {
        switch self {
        case .produce: 3...8
        case .fetch: 4...11
        case .listOffsets: 1...5
        case .metadata: 1...8
        case .offsetCommit: 2...7
        case .offsetFetch: 1...5
        case .findCoordinator: 0...2
        case .joinGroup: 0...5
        case .heartbeat, .leaveGroup, .syncGroup: 0...3
        case .describeGroups: 0...4
        case .listGroups: 0...2
        case .apiVersions: 0...3
        case .createTopics: 2...4
        case .deleteTopics: 1...3
        case .deleteRecords, .createPartitions, .deleteGroups: 0...1
        case .initProducerID: 0...1
        case .offsetForLeaderEpoch: 2...3
        case .addPartitionsToTxn, .addOffsetsToTxn, .endTxn, .txnOffsetCommit: 0...2
        case .describeConfigs: 1...3
        }
    }

    /// What is told to clients. librdkafka before 2.x decides on compression by the lower end of Produce's range, so it is 0,
    /// as Apache Kafka 4 tells too; a request in such a version is refused.
    var advertised: ClosedRange<Int16> {
        self == .produce ? 0...versions.upperBound : versions
    }
}

extension Node {
    func apiVersions(version: Int16, error: ErrorCode, respond: Respond) {
        var body = WireWriter()
        body.error(error)
        if version >= 3 {
            body.unsignedVarint(UInt32(API.allCases.count + 1))
        } else {
            body.integer(Int32(API.allCases.count))
        }
        for api in API.allCases {
            body.integer(api.rawValue)
            body.integer(api.advertised.lowerBound)
            body.integer(api.advertised.upperBound)
            if version >= 3 { body.unsignedVarint(0) }
        }
        if version >= 1 { body.integer(Int32(0)) }
        if version >= 3 { body.unsignedVarint(0) }
        respond(body)
    }
}
