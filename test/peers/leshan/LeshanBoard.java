import java.math.BigInteger;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.object.Device;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.LwM2m.LwM2mVersion;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.core.request.argument.Arguments;
import org.eclipse.leshan.core.response.ExecuteResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.core.response.WriteResponse;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;

/**
 * A board that is Eclipse Leshan's published client, put together by its public interface: objects 1, 3 and 5.
 * A package is taken for good when it begins with `firmware VERSION` and a line end; after Update the
 * client starts anew, as boards do. Arguments: URI of the server, endpoint name, and the largest body that it takes
 * where that is not to be Californium's default of 8 KiB.
 */
public class LeshanBoard {
    static final int IDLE = 0, DOWNLOADED = 2, UPDATING = 3;
    static final int INITIAL = 0, SUCCESS = 1, UNSUPPORTED_PACKAGE = 6;
    static final int SHORT_SERVER_ID = 123;

    static final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    static String version = "1.0.0";
    static LeshanClient client;
    static CaliforniumClientEndpointsProvider.Builder endpoints;

    public static void main(String[] args) throws Exception {
        endpoints = new CaliforniumClientEndpointsProvider.Builder(new CoapClientProtocolProvider());
        Configuration configuration = endpoints.createDefaultConfiguration();
        if (args.length > 2)
            configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, Integer.parseInt(args[2]));
        endpoints.setConfiguration(configuration).setClientAddress(InetAddress.getLoopbackAddress());
        start(args[0], args[1], INITIAL);
    }

    static void start(String uri, String name, int result) throws Exception {
        List<ObjectModel> models = ObjectLoader.loadDefault(LwM2mVersion.V1_1);
        ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(models));
        objects.setInstancesForObject(0, Security.noSec(uri, SHORT_SERVER_ID));
        objects.setInstancesForObject(1, new Server(SHORT_SERVER_ID, 300, EnumSet.of(BindingMode.U), false, BindingMode.U));
        objects.setInstancesForObject(3, new VersionedDevice());
        objects.setInstancesForObject(5, new Firmware().after(result, () -> reboot(uri, name)));
        client = new LeshanClientBuilder(name)
                .setObjects(objects.createAll())
                .setEndpointsProviders(endpoints.build())
                .build();
        client.start();
    }

    static void reboot(String uri, String name) {
        executor.schedule(() -> {
            client.destroy(false);
            start(uri, name, SUCCESS);
            return null;
        }, 50, TimeUnit.MILLISECONDS);
    }

    /** Leshan's object 3 with the version of the running image. */
    public static class VersionedDevice extends Device {
        public VersionedDevice() {
            super("Eclipse Leshan", "client", "1");
        }

        @Override
        public ReadResponse read(LwM2mServer server, int resource) {
            return resource == 3 ? ReadResponse.success(resource, version) : super.read(server, resource);
        }

        @Override
        public List<Integer> getAvailableResourceIds(ObjectModel model) {
            return List.of(0, 1, 2, 3, 4, 11, 16);
        }
    }

    /** Object 5. */
    public static class Firmware extends BaseInstanceEnabler {
        private int state = IDLE;
        private int result = INITIAL;
        private String pending;
        private Runnable reboot;

        Firmware after(int result, Runnable reboot) {
            this.result = result;
            this.reboot = reboot;
            return this;
        }

        @Override
        public ReadResponse read(LwM2mServer server, int resource) {
            switch (resource) {
            case 3:
                return ReadResponse.success(resource, state);
            case 5:
                return ReadResponse.success(resource, result);
            case 9:
                return ReadResponse.success(resource, 1);
            default:
                return super.read(server, resource);
            }
        }

        @Override
        public WriteResponse write(LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
            if (resource != 0)
                return super.write(server, replace, resource, value);
            byte[] bytes = (byte[]) value.getValue();
            System.out.println("package of " + bytes.length + " bytes, sha256 " + sha256(bytes));
            String head = new String(bytes, 0, Math.min(bytes.length, 40)).split("\n")[0];
            if (head.startsWith("firmware ")) {
                pending = head.substring("firmware ".length());
                state = DOWNLOADED;
            } else {
                result = UNSUPPORTED_PACKAGE;
            }
            fireResourcesChange(getResourcePaths(3, 5));
            return WriteResponse.success();
        }

        @Override
        public ExecuteResponse execute(LwM2mServer server, int resource, Arguments arguments) {
            if (resource != 2 || state != DOWNLOADED)
                return ExecuteResponse.methodNotAllowed();
            state = UPDATING;
            version = pending;
            fireResourceChange(3);
            reboot.run();
            return ExecuteResponse.success();
        }

        @Override
        public List<Integer> getAvailableResourceIds(ObjectModel model) {
            return List.of(0, 2, 3, 5, 9);
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return String.format("%064x", new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
