//! Flags that stand for settings, made from the table of settings.

use crate::kernel::config::{Given, settings};
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The settings that were given as flags.
#[derive(Debug, Default)]
pub(super) struct SettingArgs {
    /// By key.
    pub(super) given: Given,
}

impl Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        let flags = settings::ALL.iter().filter(|setting| !setting.secret);
        command.args(flags.map(|setting| {
            let form = if setting.form.is_empty() {
                "on|off"
            } else {
                setting.form
            };
            let help = format!("{} [{}]", setting.help, setting.variable());
            let arg = Arg::new(setting.key)
                .long(setting.flag())
                .help(help)
                .value_name(form)
                .global(true);
            if setting.form.is_empty() {
                arg.num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value("on")
            } else {
                arg
            }
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for setting in settings::ALL.iter().filter(|setting| !setting.secret) {
            if let Some(text) = matches.get_one::<String>(setting.key) {
                self.given.insert(setting.key, text.clone());
            }
        }
        Ok(())
    }
}
