import Foundation
import NIOCore

extension Node {
    func findCoordinator(_ reader: inout WireReader, _ request: Request) throws {
        _ = try reader.string()
        var body = WireWriter()
        if request.version >= 1 { body.integer(Int32(0)) }
        body.error(.none)
        if request.version >= 1 { body.string(nil) }
        body.integer(Int32(0))
        body.string(settings.advertisedHost)
        body.integer(Int32(settings.advertisedPort))
        request.respond(body)
    }

    func joinGroup(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        let session = Int64(try reader.integer(Int32.self))
        let rebalance = request.version >= 1 ? Int64(try reader.integer(Int32.self)) : session
        var member = try reader.string()
        let instance = request.version >= 5 ? try reader.nullableString() : nil
        let type = try reader.string()
        let protocols = try reader.array { (name: try $0.string(), metadata: Array(try $0.bytes().readableBytesView)) }
        func answer(_ result: Result<Group.JoinAnswer, ErrorCode>, member: String) {
            var body = WireWriter()
            if request.version >= 2 { body.integer(Int32(0)) }
            switch result {
            case .success(let answer):
                body.error(.none)
                body.integer(answer.generation)
                body.string(answer.protocolName)
                body.string(answer.leader)
                body.string(answer.member)
                body.array(answer.members) { body, other in
                    body.string(other.id)
                    if request.version >= 5 { body.string(other.instanceID) }
                    body.integer(Int32(other.metadata.count))
                    body.raw { $0.writeBytes(other.metadata) }
                }
            case .failure(let code):
                body.error(code)
                body.integer(Int32(-1))
                body.string("")
                body.string("")
                body.string(member)
                body.array([Int32]()) { $0.integer($1) }
            }
            request.respond(body)
        }
        guard !group.isEmpty else { return answer(.failure(.invalidGroupID), member: member) }
        guard (100...1_800_000).contains(session) else {
            return answer(.failure(.invalidSessionTimeout), member: member)
        }
        if member.isEmpty {
            member = "\(request.client)-\(UUID().uuidString.lowercased())"
            // The two-step join: a client that gives up between the steps leaves no ghost behind.
            if request.version >= 4, instance == nil { return answer(.failure(.memberIDRequired), member: member) }
        }
        let joining = Group.Member(
            id: member,
            instanceID: instance,
            clientID: request.client,
            protocols: protocols,
            sessionTimeout: session,
            rebalanceTimeout: rebalance,
            deadline: now + session
        )
        groups.join(group, joining, type: type, now: now) { answer($0, member: member) }
    }

    func syncGroup(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        let generation = try reader.integer(Int32.self)
        let member = try reader.string()
        if request.version >= 3 { _ = try reader.nullableString() }
        let assignments = try reader.array {
            (member: try $0.string(), bytes: Array(try $0.bytes().readableBytesView))
        }
        groups.sync(group, member: member, generation: generation, assignments: assignments, now: now) { result in
            var body = WireWriter()
            if request.version >= 1 { body.integer(Int32(0)) }
            switch result {
            case .success(let bytes):
                body.error(.none)
                body.integer(Int32(bytes.count))
                body.raw { $0.writeBytes(bytes) }
            case .failure(let code):
                body.error(code)
                body.integer(Int32(0))
            }
            request.respond(body)
        }
    }

    func heartbeat(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        let generation = try reader.integer(Int32.self)
        let code = groups.heartbeat(group, member: try reader.string(), generation: generation, now: now)
        var body = WireWriter()
        if request.version >= 1 { body.integer(Int32(0)) }
        body.error(code)
        request.respond(body)
    }

    func leaveGroup(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        var body = WireWriter()
        if request.version >= 1 { body.integer(Int32(0)) }
        if request.version >= 3 {
            let members = try reader.array { (try $0.string(), try $0.nullableString()) }
            body.error(.none)
            body.array(members) { body, member in
                body.string(member.0)
                body.string(member.1)
                body.error(groups.leave(group, member: member.0, now: now))
            }
        } else {
            body.error(groups.leave(group, member: try reader.string(), now: now))
        }
        request.respond(body)
    }

    func offsetCommit(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        let generation = try reader.integer(Int32.self)
        let member = try reader.string()
        if request.version >= 7 { _ = try reader.nullableString() }
        if request.version <= 4 { _ = try reader.integer(Int64.self) }  // retention: offsets stay
        let topics = try reader.array { reader in
            (
                try reader.string(),
                try reader.array { reader in
                    let partition = try reader.integer(Int32.self)
                    let offset = try reader.integer(Int64.self)
                    if request.version >= 6 { _ = try reader.integer(Int32.self) }
                    return (
                        partition, GroupCoordinator.Committed(offset: offset, metadata: try reader.nullableString())
                    )
                }
            )
        }
        var code = groups.mayCommit(group, member: member, generation: generation)
        if code == .none {
            let changes = topics.flatMap { topic in
                topic.1.map { (Self.name(topic.0, $0.0), Optional($0.1)) }
            }
            code = attempt { try groups.store(group, Dictionary(changes) { $1 }, now: now) }
        }
        var body = WireWriter()
        if request.version >= 3 { body.integer(Int32(0)) }
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                body.integer(partition.0)
                body.error(code)
            }
        }
        request.respond(body)
    }

    func offsetFetch(_ reader: inout WireReader, _ request: Request) throws {
        let group = try reader.string()
        let committed = groups.committed(group)
        let wanted = try reader.nullableArray { reader in
            (try reader.string(), try reader.array { try $0.integer(Int32.self) })
        }
        let topics = wanted ?? Self.topics(of: committed.keys)
        var body = WireWriter()
        if request.version >= 3 { body.integer(Int32(0)) }
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                let known = committed[Self.name(topic.0, partition)]
                body.integer(partition)
                body.integer(known?.offset ?? -1)
                if request.version >= 5 { body.integer(Int32(-1)) }
                body.string(known?.metadata ?? "")
                body.error(.none)
            }
        }
        if request.version >= 2 { body.error(.none) }
        request.respond(body)
    }

    private static func topics(of names: some Sequence<String>) -> [(String, [Int32])] {
        var topics: [String: [Int32]] = [:]
        for name in names {
            guard let slash = name.lastIndex(of: "/"), let partition = Int32(name[name.index(after: slash)...])
            else { continue }
            topics[String(name[..<slash]), default: []].append(partition)
        }
        return topics.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    func describeGroups(_ reader: inout WireReader, _ request: Request) throws {
        let names = try reader.array { try $0.string() }
        var body = WireWriter()
        if request.version >= 1 { body.integer(Int32(0)) }
        body.array(names) { body, name in
            let group = groups.describe(name)
            body.error(.none)
            body.string(name)
            body.string(group?.state.rawValue ?? "Dead")
            body.string(group?.protocolType ?? "")
            body.string(group?.protocolName ?? "")
            body.array((group?.members ?? [:]).values.sorted { $0.id < $1.id }) { body, member in
                body.string(member.id)
                if request.version >= 4 { body.string(member.instanceID) }
                body.string(member.clientID)
                body.string("/127.0.0.1")
                let metadata = member.protocols.first { $0.name == group?.protocolName }?.metadata ?? []
                for bytes in [metadata, member.assignment] {
                    body.integer(Int32(bytes.count))
                    body.raw { $0.writeBytes(bytes) }
                }
            }
            if request.version >= 3 { body.integer(Int32.min) }
        }
        request.respond(body)
    }

    func listGroups(_ request: Request) {
        var body = WireWriter()
        if request.version >= 1 { body.integer(Int32(0)) }
        body.error(.none)
        body.array(groups.all) { body, group in
            body.string(group.id)
            body.string(group.type)
        }
        request.respond(body)
    }

    func deleteGroups(_ reader: inout WireReader, _ request: Request) throws {
        let names = try reader.array { try $0.string() }
        var body = WireWriter()
        body.integer(Int32(0))
        body.array(names) { body, name in
            body.string(name)
            body.error(attempt { try groups.delete(name, now: now) })
        }
        request.respond(body)
    }
}
