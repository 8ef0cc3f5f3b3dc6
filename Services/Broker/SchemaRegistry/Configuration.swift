/// `/config` and `/mode`: of one subject, or of all subjects that have none of their own.
extension RegistryAPI {
    private static func place(_ request: RegistryRequest) throws -> String? {
        request.path.count > 1 ? try request.subject(1) : nil
    }

    static func config(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try place(request)
        if let subject, store.levels[subject] == nil, !request.flag("defaultToGlobal") {
            throw RegistryError.noLevel(subject)
        }
        return try RegistryAnswer(["compatibilityLevel": store.level(of: subject)])
    }

    static func setConfig(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        struct Wish: Decodable {
            var compatibility: String
        }
        let subject = try place(request)
        guard let level = CompatibilityLevel(rawValue: try request.decode(Wish.self).compatibility.uppercased()) else {
            throw RegistryError.invalidLevel
        }
        try admitSetting(store, subject)
        return try RegistryAnswer(["compatibility": level], records: [.config(subject: subject, level)])
    }

    static func deleteConfig(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try place(request)
        if let subject, store.levels[subject] == nil { throw RegistryError.subjectNotFound(subject) }
        try admitSetting(store, subject)
        return try RegistryAnswer(
            ["compatibilityLevel": store.level(of: subject)],
            records: [.config(subject: subject, nil)]
        )
    }

    private static func admitSetting(_ store: SchemaStore, _ subject: String?) throws(RegistryError) {
        if let subject { return try admitWrite(store, subject) }
        guard store.mode(of: nil) != .readOnly else { throw .notPermitted("The registry is in read-only mode") }
    }

    static func mode(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try place(request)
        if let subject, store.modes[subject] == nil, !request.flag("defaultToGlobal") {
            throw RegistryError.noMode(subject)
        }
        return try RegistryAnswer(["mode": store.mode(of: subject)])
    }

    static func setMode(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        struct Wish: Decodable {
            var mode: String
        }
        let subject = try place(request)
        guard let mode = RegistryMode(rawValue: try request.decode(Wish.self).mode.uppercased()) else {
            throw RegistryError.invalidMode
        }
        // Imported ids must not collide with ids that were handed out here, unless the client forces it.
        if mode == .importing, store.mode(of: subject) != .importing, !request.flag("force") {
            let taken = subject.map { [$0] } ?? Array(store.subjects.keys)
            guard taken.allSatisfy({ store.versions(of: $0).isEmpty }) else {
                throw RegistryError.notPermitted(
                    "Cannot import since found existing subjects" + (subject.map { ": \($0)" } ?? "")
                )
            }
        }
        return try RegistryAnswer(["mode": mode], records: [.mode(subject: subject, mode)])
    }

    static func deleteMode(_ store: SchemaStore, _ request: RegistryRequest) throws -> RegistryAnswer {
        let subject = try place(request)
        if let subject, store.modes[subject] == nil { throw RegistryError.noMode(subject) }
        return try RegistryAnswer(["mode": store.mode(of: subject)], records: [.mode(subject: subject, nil)])
    }
}
