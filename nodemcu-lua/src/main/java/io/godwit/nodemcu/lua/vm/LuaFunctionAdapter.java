package io.godwit.nodemcu.lua.vm;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import party.iroiro.luajava.JFunction;
import party.iroiro.luajava.Lua;

/**
 * Lets native Lua call a {@link LuaFunction}. No exception may cross the native frames, so each becomes a Lua error with
 * the script's line before it.
 */
final class LuaFunctionAdapter implements JFunction {

    private static final Logger LOG = LoggerFactory.getLogger(LuaFunctionAdapter.class);

    private final LuaFunction function;
    private final String label;
    private final boolean method;

    LuaFunctionAdapter(LuaFunction function, String label, boolean method) {
        this.function = function;
        this.label = label;
        this.method = method;
    }

    @Override
    public int __call(Lua lua) {
        LuaMachine machine = LuaState.machineOf(lua);
        LuaCall call = new LuaCall(machine, lua.getPointer(), label, method);
        long begin = System.nanoTime();
        try {
            return function.call(call);
        } catch (LuaError error) {
            return call.raise(error);
        } catch (StackOverflowError error) {
            return call.raise("stack overflow in '" + label + "'");
        } catch (OutOfMemoryError error) {
            LOG.error("'{}' ran out of memory", label);
            return call.raise("not enough memory");
        } catch (RuntimeException error) {
            LOG.warn("'{}' failed inside the host", label, error);
            return call.raise("'" + label + "' failed inside the host: " + error);
        } finally {
            machine.watchdog().spent(System.nanoTime() - begin);
            LuaState.forgetCoroutine(lua);
        }
    }
}
