import Foundation
import LocalServers
import TestSupport

/// OpenLDAP with a company's people and groups, as an identity provider finds them.
struct OpenLDAP {
    static let password = "correct horse battery"
    static let suffix = "dc=sunfield,dc=example"
    static let administrator = "cn=admin,\(suffix)"
    static let administratorPassword = "a password of the directory"

    let url: String
    private let folder: URL
    private let process: ServerProcess

    static func start() async throws -> OpenLDAP {
        let folder = TestServers.directory.appending(path: "openldap")
        let database = folder.appending(path: "database")
        try FileManager.default.createDirectory(at: database, withIntermediateDirectories: true)
        // The schema that Canaille keeps its clients and tokens in.
        let script = [
            Python.path(".local/venv/bin/python"), Python.path("Tests/Oracles/canaille_setup.py"), "--schema",
        ]
        let schema = try await Tool.run(script).split(separator: "\n").last ?? ""
        let configuration = """
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            include \(schema)
            modulepath /usr/lib/ldap
            moduleload back_mdb
            moduleload memberof
            database mdb
            suffix "\(suffix)"
            rootdn "\(administrator)"
            rootpw "\(administratorPassword)"
            directory \(database.path)
            overlay memberof
            """
        let file = folder.appending(path: "slapd.conf")
        try Data((configuration + "\n").utf8).write(to: file)
        // Ubuntu's rules for /usr/sbin/slapd keep it from reading other folders than the system's.
        let program = folder.appending(path: "slapd")
        try FileManager.default.copyItem(at: URL(filePath: "/usr/sbin/slapd"), to: program)
        let port = try Port.free()
        let url = "ldap://127.0.0.1:\(port)"
        let process = try await ServerProcess.start(
            "slapd",
            [program.path, "-d", "0", "-h", url, "-f", file.path],
            directory: folder,
            lifetime: .starter
        )
        try await process.ready { Port.answers(port) }
        let directory = OpenLDAP(url: url, folder: folder, process: process)
        try await directory.change("ldapadd", people)
        return directory
    }

    /// Takes Anna out of one group and puts her into another, as a company's administrator does: the provider is not asked.
    func moveAnna(from old: String, to new: String) async throws {
        let anna = "uid=anna,ou=people,\(Self.suffix)"
        try await change(
            "ldapmodify",
            [(old, "delete"), (new, "add")].map { group, operation in
                """
                dn: cn=\(group),ou=groups,\(Self.suffix)
                changetype: modify
                \(operation): member
                member: \(anna)
                """
            }.joined(separator: "\n\n")
        )
    }

    private func change(_ tool: String, _ text: String) async throws {
        let file = folder.appending(path: "\(tool).ldif")
        try Data((text + "\n").utf8).write(to: file)
        try await Tool.run([
            tool, "-x", "-H", url, "-D", Self.administrator, "-w", Self.administratorPassword, "-f", file.path,
        ])
    }

    /// A group is never empty, by the rules of its class: the administrator is in each.
    private static let people = """
        dn: \(suffix)
        objectClass: dcObject
        objectClass: organization
        o: Sunfield
        dc: sunfield

        dn: ou=people,\(suffix)
        objectClass: organizationalUnit
        ou: people

        dn: ou=groups,\(suffix)
        objectClass: organizationalUnit
        ou: groups

        dn: uid=anna,ou=people,\(suffix)
        objectClass: inetOrgPerson
        uid: anna
        cn: Anna Berg
        givenName: Anna
        sn: Berg
        mail: anna@sunfield.example
        userPassword: \(password)

        dn: cn=technicians,ou=groups,\(suffix)
        objectClass: groupOfNames
        cn: technicians
        member: uid=anna,ou=people,\(suffix)
        member: \(administrator)

        dn: cn=bosses,ou=groups,\(suffix)
        objectClass: groupOfNames
        cn: bosses
        member: \(administrator)
        """
}
