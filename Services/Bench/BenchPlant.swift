import Foundation
import LocalFleet
import LocalServers
import Logging
import MQTT

/// The sites that the benchmark publishes for: 16 sites with 8 inverters of 8 tags each, and one site whose alerts are timed.
struct BenchPlant: Sendable {
    static let tags = [
        AlertProbe.tag, "ac_power", "dc_voltage", "dc_current", "dc_power", "module_temperature", "poa_irradiance",
        "wind_speed",
    ]
    static let sites = (1...16).map { "BENCH-\($0)" }
    static let assets = (1...8).map { "INV-\($0)" }
    static let probeSite = "PROBE"
    static let probes = (1...50).map { "PROBE-\($0)" }

    let generators: [SiteGenerator]
    let probe: AlertProbe
    private let probeGenerator: SiteGenerator

    /// Registers the sites, assets, sensors and the rule, and waits until the stream processor knows them.
    static func prepare(_ stack: Stack) async throws -> BenchPlant {
        let gateway = try await API(base: stack.gateway).login(Credentials.administrator)
        // Not through the gateway, because its limit of requests per minute is not measured here.
        let assets = API(base: "http://127.0.0.1:\(stack.port("assets"))", token: gateway.token)
        try await stack.step("17 sites, 178 inverters, 1074 tags and a rule") {
            for site in sites { try await register(site, Self.assets, tags, assets) }
            try await register(probeSite, probes, [AlertProbe.tag], assets)
            try await gateway.post(
                "/api/v1/alert-rules",
                [
                    "name": "Too hot", "type": "TEMPERATURE_HIGH", "tag": AlertProbe.tag, "comparison": "above",
                    "threshold": AlertProbe.limit, "consecutive": 3, "severity": "critical", "createsWorkOrder": false,
                ]
            )
        }
        let authority = try await CertificateAuthority(in: stack.certificates)
        func generator(_ site: String, _ assets: [String], _ tags: [String]) async throws -> SiteGenerator {
            let (certificate, key) = try await authority.issue(site)
            let tls = MQTTSettings.TLS(
                authority: authority.certificate.path,
                certificate: certificate.path,
                key: key.path
            )
            let url = "mqtts://127.0.0.1:\(stack.port("mosquitto"))"
            guard let settings = MQTTSettings(url: url, clientID: "bench-\(site)", tls: tls) else {
                throw Refusal("\(url) is no MQTT address")
            }
            let generator = try SiteGenerator(
                site: site,
                assets: assets,
                tags: tags,
                settings: settings,
                logger: Logger(label: site)
            )
            try await generator.start()
            return generator
        }
        var generators: [SiteGenerator] = []
        for site in sites { generators.append(try await generator(site, Self.assets, tags)) }
        let probeGenerator = try await generator(probeSite, probes, [AlertProbe.tag])
        return BenchPlant(
            generators: generators,
            probe: AlertProbe(generator: probeGenerator, assets: probes),
            probeGenerator: probeGenerator
        )
    }

    private static func register(_ code: String, _ assets: [String], _ tags: [String], _ api: API) async throws {
        let site = try await api.post("/api/v1/sites", ["code": code, "name": code, "timeZone": "UTC"])
        for asset in assets {
            let made = try await api.post(
                "/api/v1/assets",
                ["siteId": site["id"] ?? "", "code": asset, "name": asset, "type": "inverter"]
            )
            for tag in tags {
                try await api.post(
                    "/api/v1/sensors",
                    ["assetId": made["id"] ?? "", "tag": tag, "unit": "1", "minimum": -1000, "maximum": 1000]
                )
            }
        }
    }

    /// Readings sent so far.
    var sent: Int {
        get async {
            var sum = await probeGenerator.sent
            for generator in generators { sum += await generator.sent }
            return sum
        }
    }

    func drain() async throws {
        for generator in generators + [probeGenerator] { try await generator.drain() }
    }
}
